//! Further chat windows of a site, each with a look and, if it likes, a department of its own.

use super::{Ctx, Failure, Fields, LookForm, alter, get};
use crate::domain::audit::SiteSection;
use crate::domain::id::{DepartmentId, SiteId, WindowId};
use crate::domain::limits;
use crate::domain::look::Window;
use crate::domain::text::Name;

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WindowForm {
    pub name: String,
    /// A department's id; empty for none.
    pub department: String,
    pub look: LookForm,
}

/// One window.
///
/// # Errors
/// `NotFound`.
pub fn window(ctx: &Ctx, site: SiteId, id: WindowId) -> Result<Window, Failure> {
    let site = get(ctx, site)?;
    site.windows.iter().find(|window| window.id == id).cloned().ok_or(Failure::NotFound)
}

/// # Errors
/// `InvalidFields` for all that cannot be taken; `Conflict` when there are too many.
pub fn add_window(ctx: &Ctx, site: SiteId, form: &WindowForm) -> Result<WindowId, Failure> {
    let id = WindowId::from_bytes(ctx.random_bytes());
    alter(ctx, (site, SiteSection::Windows), |it| {
        if it.windows.len() >= limits::WINDOWS_PER_SITE {
            return Err(Failure::Conflict(format!("At most {} windows fit.", limits::WINDOWS_PER_SITE)));
        }
        let window = form.parse(ctx, site, id)?;
        it.windows.push(window);
        Ok(())
    })?;
    Ok(id)
}

/// # Errors
/// `NotFound`; `InvalidFields` for all that cannot be taken.
pub fn change_window(ctx: &Ctx, site: SiteId, id: WindowId, form: &WindowForm) -> Result<(), Failure> {
    alter(ctx, (site, SiteSection::Windows), |it| {
        let place = it.windows.iter_mut().find(|window| window.id == id).ok_or(Failure::NotFound)?;
        *place = form.parse(ctx, site, id)?;
        Ok(())
    })
}

/// Pages that still have its line of HTML show the default window from now on.
///
/// # Errors
/// `NotFound`.
pub fn remove_window(ctx: &Ctx, site: SiteId, id: WindowId) -> Result<(), Failure> {
    alter(ctx, (site, SiteSection::Windows), |it| {
        let before = it.windows.len();
        it.windows.retain(|window| window.id != id);
        if it.windows.len() == before { Err(Failure::NotFound) } else { Ok(()) }
    })
}

impl WindowForm {
    #[must_use]
    pub fn of(window: &Window) -> Self {
        Self {
            name: window.name.as_str().to_owned(),
            department: window.department.map(|id| id.to_string()).unwrap_or_default(),
            look: LookForm::of_look(&window.look),
        }
    }

    fn parse(&self, ctx: &Ctx, site: SiteId, id: WindowId) -> Result<Window, Failure> {
        let mut fields = Fields::default();
        let name = fields.take("name", Name::parse(&self.name));
        let look = self.look.parse(&mut fields);
        let department = fields.take("department", self.parse_department(ctx, site));
        let (Some(name), Some(look), Some(department)) = (name, look, department) else { return Err(fields.failure()) };
        Ok(Window { id, name, look, department })
    }

    fn parse_department(&self, ctx: &Ctx, site: SiteId) -> Result<Option<DepartmentId>, &'static str> {
        if self.department.is_empty() {
            return Ok(None);
        }
        let house = ctx.store.house();
        let id = self.department.parse::<DepartmentId>().ok();
        let known = id.filter(|id| house.departments.get(id).is_some_and(|department| department.site == site));
        known.map(Some).ok_or("This department is not here any more. Choose again.")
    }
}
