//! The document of the API: what every route has in common, written once.

use axum::http::Method;
use utoipa::openapi::{
    Components, ContentBuilder, OpenApi, Ref, RefOr, Response, ResponseBuilder,
    path::Operation,
    security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
};

use super::gate;

const TOKEN: &str = "token";
const SESSION: &str = "session";

/// The document, with how every route that is not open asks who is asking.
pub fn secured(mut document: OpenApi) -> OpenApi {
    let components = document.components.get_or_insert_with(Components::new);
    let token = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("A token of the configuration. Needed where one is configured."))
        .build();
    components.add_security_scheme(TOKEN, SecurityScheme::Http(token));
    let cookie = ApiKeyValue::with_description(
        "__Host-riverkeeper",
        "What a browser has after signing in. Under a public_url with a path the name carries the path.",
    );
    components.add_security_scheme(SESSION, SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    for (path, item) in &mut document.paths.paths {
        let operations = [
            (Method::GET, &mut item.get),
            (Method::POST, &mut item.post),
            (Method::PUT, &mut item.put),
            (Method::PATCH, &mut item.patch),
            (Method::DELETE, &mut item.delete),
        ];
        for (method, operation) in operations {
            if let Some(operation) = operation.as_mut().filter(|_| !gate::is_open(&method, path)) {
                ask(operation);
            }
        }
    }
    document
}

fn ask(operation: &mut Operation) {
    let none: [&str; 0] = [];
    operation.security =
        Some(vec![SecurityRequirement::new(TOKEN, none), SecurityRequirement::new(SESSION, none)]);
    operation.responses.responses.insert("401".into(), RefOr::T(unauthorized()));
}

fn unauthorized() -> Response {
    let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    ResponseBuilder::new()
        .description("Tokens are configured, and none was shown that is known and has not ended")
        .content("application/problem+json", problem)
        .build()
}
