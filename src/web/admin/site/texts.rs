//! Every text that visitors read, language by language: the built-in one, and beside it the site's own.

use actix_web::HttpRequest;
use askama::Template;

use super::Head;
use crate::domain::id::SiteId;
use crate::domain::language::Language;
use crate::domain::site::Site;
use crate::service::sites::{self, TextsForm};
use crate::texts::{self, own};
use crate::web::extract::{Admin, CsrfForm, Fields, FromFields, Id, Staff};
use crate::web::page::{self, Chrome, Errors};
use crate::web::{Answer, App, urls};

const PATH: &str = "texts";
/// Before the key of a text in the form.
const TEXT: &str = "text.";

impl FromFields for TextsForm {
    fn from_fields(fields: &mut Fields) -> Self {
        let typed = fields.names(TEXT).into_iter().map(|key| (key.clone(), fields.take(&format!("{TEXT}{key}"))));
        let texts = typed.collect();
        Self {
            language: Language::of_tag(&fields.take("language")).unwrap_or_default(),
            fallback: fields.take("fallback"),
            texts,
        }
    }
}

#[derive(Template)]
#[template(path = "admin/site/texts.html")]
struct Page<'a> {
    chrome: Chrome,
    head: Head,
    form: &'a TextsForm,
    groups: Vec<Group>,
    errors: &'a Errors,
}

struct Group {
    heading: String,
    rows: Vec<Row>,
}

struct Row {
    key: String,
    /// What stands there while nothing is written.
    built_in: String,
    own: String,
    /// More than one line, or long.
    is_long: bool,
}

impl Page<'_> {
    /// Each language with the number of texts of the site's own, and whether it is the one that is shown.
    fn languages(&self) -> Vec<(Language, usize, bool)> {
        let own = |language| self.head.site.texts.keys().filter(|(other, _)| *other == language).count();
        Language::ALL.into_iter().map(|language| (language, own(language), language == self.form.language)).collect()
    }
}

pub async fn show(app: App, request: HttpRequest, Admin(staff): Admin, Id(id): Id<SiteId>) -> Answer {
    let head = Head::new(&app, &staff, id, PATH)?;
    let language = Language::of_tag(&page::query(&request, "language")).unwrap_or(head.site.language);
    let said = if page::says(&request, "saved") { "Saved. Open chat windows follow at their next visit." } else { "" };
    let form = TextsForm::in_language(&head.site, language);
    draw(Chrome::new(&app, &staff, "sites").saying(said), head, &form, &Errors::default())
}

pub async fn save(app: App, Admin(staff): Admin, Id(id): Id<SiteId>, CsrfForm(form): CsrfForm<TextsForm>) -> Answer {
    let head = Head::new(&app, &staff, id, PATH)?;
    let typed = form.clone();
    match staff.act(&app, move |ctx| sites::change(ctx, id, &form)).await? {
        Ok(()) => Ok(page::see_other(&format!("{}?language={}&saved", urls::site_section(id, PATH), typed.language.tag()))),
        Err(failure) => draw(chrome(&app, &staff), head, &typed, &Errors::from(failure)?),
    }
}

fn chrome(app: &App, staff: &Staff) -> Chrome {
    Chrome::new(app, staff, "sites")
}

fn draw(chrome: Chrome, head: Head, form: &TextsForm, errors: &Errors) -> Answer {
    let groups = groups(&head.site, form);
    page::form(&Page { chrome, head, form, groups, errors }, errors)
}

fn groups(site: &Site, form: &TextsForm) -> Vec<Group> {
    let built_in = texts::built_in(form.language);
    // Without the site's own texts: what is said in this language when nothing is written here.
    let bare = Site { texts: Default::default(), ..site.clone() };
    let row = |key: &str| {
        let shown = own::plain(&bare, form.language, key).or_else(|| built_in.get(key).map(own::written)).unwrap_or_default();
        let own = form.texts.get(key).cloned().unwrap_or_default();
        let is_long = [&shown, &own].into_iter().any(|text| text.contains('\n') || text.chars().count() > 60);
        Row { key: key.to_owned(), built_in: shown, own, is_long }
    };
    let of_site: Vec<Row> = own::added_keys(site).iter().map(|key| row(key)).collect();
    let own_group = Group { heading: "Of this site".to_owned(), rows: of_site };
    let others = own::groups()
        .into_iter()
        .map(|group| Group { heading: group.heading.to_owned(), rows: group.keys.into_iter().map(row).collect() });
    std::iter::once(own_group).chain(others).filter(|group| !group.rows.is_empty()).collect()
}
