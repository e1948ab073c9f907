//! One of each view, for documents, tests and the gallery.
