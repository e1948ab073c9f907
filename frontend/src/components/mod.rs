//! The design system: what pages are made of. No capability's words in here.

mod age;
mod bar;
mod breadcrumbs;
mod chart;
mod command;
mod events;
mod facts;
mod head;
mod icon;
mod mark;
mod number;
mod panel;
mod sort;
mod table;
mod theme;
mod virtual_rows;
mod window;

pub(crate) use age::{Age, Clocked};
pub(crate) use bar::{Tone, bar, disk_tone};
pub(crate) use breadcrumbs::{Breadcrumbs, Crumb};
pub(crate) use chart::{ChartFrame, drawing};
pub(crate) use command::Command;
pub(crate) use events::EventList;
pub(crate) use facts::{Fact, Facts};
pub(crate) use head::Head;
pub(crate) use icon::{Icon, icon};
pub(crate) use mark::{Mark, mark, state};
pub(crate) use number::{WhyUnknown, at_least, count, maybe_count, size, unknown};
pub(crate) use panel::Panel;
pub(crate) use sort::{Key, Sort, sorted};
pub(crate) use table::{Column, Table};
pub(crate) use theme::{Theme, ThemeSwitch, storage};
pub(crate) use virtual_rows::{Slice, VirtualRows};
