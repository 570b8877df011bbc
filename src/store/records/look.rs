//! Looks and windows, as parts of a site's record.

use serde::{Deserialize, Serialize};

use super::unfit;
use crate::domain::id::{DepartmentId, WindowId};
use crate::domain::look::{Accent, Launcher, Look, Position, Scheme, Window};
use crate::domain::text::{Label, Line, Name};
use crate::store::StoreError;

#[derive(Serialize, Deserialize)]
pub(super) struct LookRecord {
    accent: [u8; 3],
    scheme: SchemeRecord,
    position: PositionRecord,
    launcher: LauncherRecord,
}

#[derive(Serialize, Deserialize)]
enum SchemeRecord {
    Auto,
    Light,
    Dark,
}

#[derive(Serialize, Deserialize)]
pub(super) enum PositionRecord {
    Left,
    Right,
}

#[derive(Serialize, Deserialize)]
enum LauncherRecord {
    Icon,
    Text(String),
    Image(String),
    Hidden,
}

#[derive(Serialize, Deserialize)]
pub(super) struct WindowRecord {
    id: [u8; 16],
    name: String,
    look: LookRecord,
    department: Option<[u8; 16]>,
}

pub(super) fn accent([red, green, blue]: [u8; 3]) -> Accent {
    Accent { red, green, blue }
}

impl From<PositionRecord> for Position {
    fn from(it: PositionRecord) -> Self {
        match it {
            PositionRecord::Left => Self::Left,
            PositionRecord::Right => Self::Right,
        }
    }
}

impl From<&Look> for LookRecord {
    fn from(it: &Look) -> Self {
        Self {
            accent: [it.accent.red, it.accent.green, it.accent.blue],
            scheme: match it.scheme {
                Scheme::Auto => SchemeRecord::Auto,
                Scheme::Light => SchemeRecord::Light,
                Scheme::Dark => SchemeRecord::Dark,
            },
            position: match it.position {
                Position::Left => PositionRecord::Left,
                Position::Right => PositionRecord::Right,
            },
            launcher: match &it.launcher {
                Launcher::Icon => LauncherRecord::Icon,
                Launcher::Text(label) => LauncherRecord::Text(label.as_str().to_owned()),
                Launcher::Image(address) => LauncherRecord::Image(address.as_str().to_owned()),
                Launcher::Hidden => LauncherRecord::Hidden,
            },
        }
    }
}

impl LookRecord {
    pub(super) fn look(self) -> Result<Look, StoreError> {
        Ok(Look {
            accent: accent(self.accent),
            scheme: match self.scheme {
                SchemeRecord::Auto => Scheme::Auto,
                SchemeRecord::Light => Scheme::Light,
                SchemeRecord::Dark => Scheme::Dark,
            },
            position: self.position.into(),
            launcher: match self.launcher {
                LauncherRecord::Icon => Launcher::Icon,
                LauncherRecord::Text(label) => Launcher::Text(Label::parse(&label).map_err(unfit)?),
                LauncherRecord::Image(address) => Launcher::Image(Line::parse(&address).map_err(unfit)?),
                LauncherRecord::Hidden => Launcher::Hidden,
            },
        })
    }
}

impl From<&Window> for WindowRecord {
    fn from(it: &Window) -> Self {
        Self {
            id: *it.id.as_bytes(),
            name: it.name.as_str().to_owned(),
            look: (&it.look).into(),
            department: it.department.map(|id| *id.as_bytes()),
        }
    }
}

impl WindowRecord {
    pub(super) fn window(self) -> Result<Window, StoreError> {
        Ok(Window {
            id: WindowId::from_bytes(self.id),
            name: Name::parse(&self.name).map_err(unfit)?,
            look: self.look.look()?,
            department: self.department.map(DepartmentId::from_bytes),
        })
    }
}
