//! A real directory: Debian's `slapd`, not as a service but as a process of the test, on a loopback address of its own, with a database
//! in a directory of its own.

use std::io::{BufRead, BufReader};
use std::net::Ipv4Addr;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use super::authority::Authority;

pub const SUFFIX: &str = "dc=clinic,dc=example";
pub const READER: &str = "cn=reader,dc=clinic,dc=example";
pub const READER_PASSWORD: &str = "the reader's own words";

pub struct DirectoryServer {
    pub address: Ipv4Addr,
    pub authority: Authority,
    child: Child,
    _folder: tempfile::TempDir,
}

/// With TLS from the first byte, and without, where StartTLS is possible.
pub const TLS_PORT: u16 = 20_636;
pub const PORT: u16 = 20_389;

impl DirectoryServer {
    /// Holds these entries beside its root and its reader (LDIF, RFC 2849).
    pub fn start(entries: &str) -> Self {
        static STARTED: AtomicU32 = AtomicU32::new(1);
        let folder = tempfile::tempdir().unwrap();
        // Each has an address of its own: this process's number, and how many it had before.
        let own = (std::process::id() << 8 | STARTED.fetch_add(1, Ordering::SeqCst) & 0xff) & 0x00ff_ffff;
        let address = Ipv4Addr::from_bits(127 << 24 | own);
        let authority = Authority::new();
        let (certificate, key) = authority.make(&["localhost", &address.to_string()]).write(folder.path());
        let path = |name: &str| folder.path().join(name).display().to_string();
        std::fs::create_dir(path("db")).unwrap();
        let settings = format!(
            "include /etc/ldap/schema/core.schema\n\
             include /etc/ldap/schema/cosine.schema\n\
             include /etc/ldap/schema/inetorgperson.schema\n\
             modulepath /usr/lib/ldap\n\
             moduleload back_mdb\n\
             moduleload memberof\n\
             pidfile {pid}\n\
             TLSCertificateFile {certificate}\n\
             TLSCertificateKeyFile {key}\n\
             database mdb\n\
             suffix \"{SUFFIX}\"\n\
             rootdn \"cn=root,{SUFFIX}\"\n\
             rootpw root\n\
             directory {db}\n\
             access to attrs=userPassword by anonymous auth by * none\n\
             access to * by users read by anonymous none\n\
             overlay memberof\n",
            pid = path("pid"),
            certificate = certificate.display(),
            key = key.display(),
            db = path("db"),
        );
        std::fs::write(path("slapd.conf"), settings).unwrap();
        let urls = format!("ldap://{address}:{PORT} ldaps://{address}:{TLS_PORT}");
        let mut child = Command::new("/usr/sbin/slapd")
            .args(["-f", &path("slapd.conf"), "-h", &urls, "-d", "8"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("slapd starts: install Debian's slapd and ldap-utils, or run tests/run once as root");
        let mut heard = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        // Said once it listens everywhere.
        while !line.contains("epoll: listen=") {
            line.clear();
            assert!(heard.read_line(&mut line).unwrap() > 0, "slapd ended");
        }
        std::thread::spawn(move || std::io::copy(&mut heard, &mut std::io::sink()));
        let it = Self { address, authority, child, _folder: folder };
        it.add(&format!(
            "dn: {SUFFIX}\nobjectClass: dcObject\nobjectClass: organization\ndc: clinic\no: Clinic\n\n\
             dn: {READER}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: reader\n\
             userPassword: {READER_PASSWORD}\n\n{entries}"
        ));
        it
    }

    /// Somebody with a password.
    pub fn person(uid: &str, email: &str, password: &str) -> String {
        format!(
            "dn: uid={uid},{SUFFIX}\nobjectClass: inetOrgPerson\nuid: {uid}\ncn: {uid} of the directory\nsn: {uid}\nmail: {email}\n\
             userPassword: {password}\n\n"
        )
    }

    pub fn group(name: &str, members: &[&str]) -> String {
        let members: String = members.iter().map(|uid| format!("member: uid={uid},{SUFFIX}\n")).collect();
        format!("dn: cn={name},{SUFFIX}\nobjectClass: groupOfNames\ncn: {name}\n{members}\n")
    }

    /// Adds entries, or changes them where they say `changetype`.
    pub fn add(&self, ldif: &str) {
        let file = self._folder.path().join("entries.ldif");
        std::fs::write(&file, ldif).unwrap();
        let output = Command::new("ldapmodify")
            .args([
                "-a",
                "-x",
                "-H",
                &format!("ldap://{}:{PORT}", self.address),
                "-D",
                &format!("cn=root,{SUFFIX}"),
                "-w",
                "root",
            ])
            .arg("-f")
            .arg(&file)
            .output()
            .expect("ldapmodify runs: install Debian's ldap-utils, or run tests/run once as root");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

impl Drop for DirectoryServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
