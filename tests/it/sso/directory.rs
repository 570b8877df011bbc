//! What this server asks of a directory, and what it believes: with a real one (Debian's `slapd`).

use parlor::domain::directory::{Attribute, Attributes, Directory, Find, Security, Server};
use parlor::domain::sso::{Authority, Claims};
use parlor::domain::text::Line;
use parlor::outbound::directory::{Credentials, DirectoryFault, Ldap};

use super::provider::http;
use crate::harness::directory::{DirectoryServer, PORT, READER, READER_PASSWORD, SUFFIX, TLS_PORT};

fn line(text: &str) -> Line {
    Line::parse(text).unwrap()
}

fn attribute(text: &str) -> Attribute {
    Attribute::parse(text).unwrap()
}

pub fn searching(server: &DirectoryServer) -> Directory {
    Directory {
        server: Server::parse(&format!("{}:{TLS_PORT}", server.address), Security::Tls).unwrap(),
        authority: Some(Authority::parse(&server.authority.pem).unwrap()),
        find: Find::by_search(Some(line(READER)), line(SUFFIX), line("(|(uid={user})(mail={user}))")).unwrap(),
        group_base: None,
        attributes: Attributes {
            id: Some(attribute("entryUUID")),
            name: attribute("cn"),
            email: attribute("mail"),
            groups: attribute("memberOf"),
        },
    }
}

fn server() -> DirectoryServer {
    DirectoryServer::start(&format!(
        "{}{}{}{}",
        DirectoryServer::person("anna", "anna@clinic.example", "harbour violin cactus"),
        DirectoryServer::person("bert", "bert@clinic.example", "lantern pepper ocean"),
        DirectoryServer::group("owners", &["anna"]),
        DirectoryServer::group("staff", &["anna", "bert"]),
    ))
}

async fn ask(directory: &Directory, user: &str, password: &str) -> Result<Option<Claims>, DirectoryFault> {
    Ldap::new(http()).claims(directory, Some(READER_PASSWORD), &Credentials { user, password }).await
}

#[tokio::test]
async fn a_name_and_its_password_are_somebody_and_nothing_else_is() {
    let server = server();
    let directory = searching(&server);
    let anna = ask(&directory, "anna", "harbour violin cactus").await.unwrap().unwrap();
    assert_eq!(anna.issuer, format!("ldaps://{}:{TLS_PORT}", server.address));
    assert_eq!((anna.subject.len(), anna.email.as_ref().unwrap().as_str()), (36, "anna@clinic.example"));
    let groups: Vec<_> = anna.groups.iter().map(String::as_str).collect();
    assert_eq!(groups, [format!("cn=owners,{SUFFIX}"), format!("cn=staff,{SUFFIX}")]);
    let by_mail = ask(&directory, " Anna@Clinic.example ", "harbour violin cactus").await.unwrap().unwrap();
    assert_eq!(by_mail.subject, anna.subject);

    for (user, password) in [
        ("anna", "lantern pepper ocean"),
        ("anna", ""),
        ("", "harbour violin cactus"),
        ("nobody", "harbour violin cactus"),
        ("*", "harbour violin cactus"),
        ("ann*", "harbour violin cactus"),
        ("anna)(uid=*", "harbour violin cactus"),
        ("*)(|(uid=*", "harbour violin cactus"),
        ("anna)(!(mail=x)", "harbour violin cactus"),
        ("anna\0", "harbour violin cactus"),
        ("\\61nna", "harbour violin cactus"),
        ("reader", READER_PASSWORD),
    ] {
        assert!(ask(&directory, user, password).await.unwrap().is_none(), "{user:?}");
    }
}

#[tokio::test]
async fn a_name_can_be_put_into_a_pattern_and_stays_in_its_place() {
    let server = server();
    let find = Find::by_name(line(&format!("uid={{user}},{SUFFIX}"))).unwrap();
    let directory = Directory { find, ..searching(&server) };
    assert!(ask(&directory, "bert", "lantern pepper ocean").await.unwrap().is_some());
    for user in
        ["bert@clinic.example", &format!("bert,{SUFFIX}"), "bert+cn=bert of the directory", "x,cn=owners", "#626572", " bert\\"]
    {
        assert!(ask(&directory, user, "lantern pepper ocean").await.unwrap().is_none(), "{user:?}");
    }
}

#[tokio::test]
async fn it_is_spoken_to_over_tls_alone_and_its_certificate_has_to_be_right() {
    let server = server();
    let start_tls = Server::parse(&format!("{}:{PORT}", server.address), Security::StartTls).unwrap();
    let directory = Directory { server: start_tls, ..searching(&server) };
    assert!(ask(&directory, "anna", "harbour violin cactus").await.unwrap().is_some());
    let said = async |directory: Directory| ask(&directory, "anna", "harbour violin cactus").await.err().unwrap().to_string();
    assert!(said(Directory { authority: None, ..directory.clone() }).await.contains("certificate is not believed"));
    assert!(said(Directory { authority: None, ..searching(&server) }).await.contains("certificate is not believed"));
    let wrong = Server::parse(&format!("{}:{PORT}", server.address), Security::Tls).unwrap();
    assert!(ask(&Directory { server: wrong, ..directory.clone() }, "anna", "harbour violin cactus").await.is_err());
    let nobody = Server::parse(&format!("{}:9", server.address), Security::Tls).unwrap();
    assert!(said(Directory { server: nobody, ..directory.clone() }).await.contains("nobody answers"));
    let closed = Ldap::new(std::sync::Arc::new(parlor::outbound::http::Http::new(&parlor::config::Config::new("unused"))));
    assert!(closed.try_out(&directory, Some(READER_PASSWORD)).await.unwrap_err().to_string().contains("outbound_private"));
    // In clear, on this very machine.
    let clear = Server::parse(&format!("{}:{PORT}", server.address), Security::None).unwrap();
    let clear = Directory { server: clear, authority: None, ..searching(&server) };
    assert!(ask(&clear, "anna", "harbour violin cactus").await.unwrap().is_some());
}

#[tokio::test]
async fn a_reader_that_is_not_taken_and_an_entry_without_its_id_are_said_in_words() {
    let server = server();
    let directory = searching(&server);
    let ldap = Ldap::new(http());
    ldap.try_out(&directory, Some(READER_PASSWORD)).await.unwrap();
    for wrong in [Some("wrong"), Some(""), None] {
        assert_eq!(ldap.try_out(&directory, wrong).await, Err(DirectoryFault::Reader));
    }
    let attributes = Attributes { id: Some(attribute("objectGUID")), ..directory.attributes.clone() };
    let without_id = Directory { attributes, ..directory.clone() };
    let fault = ask(&without_id, "anna", "harbour violin cactus").await.err();
    assert_eq!(fault, Some(DirectoryFault::NoId("objectGUID".to_owned())));
    let attributes = Attributes { id: None, ..directory.attributes.clone() };
    let by_name = ask(&Directory { attributes, ..directory.clone() }, "anna", "harbour violin cactus").await.unwrap().unwrap();
    assert_eq!(by_name.subject, format!("uid=anna,{SUFFIX}"));
    let find = Find::by_search(Some(line(READER)), line(SUFFIX), line("(|(uid={user})(objectClass=inetOrgPerson))")).unwrap();
    let several = ask(&Directory { find, ..directory.clone() }, "anna", "harbour violin cactus").await.err();
    assert_eq!(several, Some(DirectoryFault::Several));
}

#[tokio::test]
async fn groups_are_found_where_they_name_their_members() {
    let server = server();
    let groups = attribute("description");
    let attributes = Attributes { groups, ..searching(&server).attributes };
    let directory = Directory { group_base: Some(line(SUFFIX)), attributes, ..searching(&server) };
    let bert = ask(&directory, "bert", "lantern pepper ocean").await.unwrap().unwrap();
    assert_eq!(bert.groups.into_iter().collect::<Vec<_>>(), [format!("cn=staff,{SUFFIX}")]);
}
