//! `GET /metrics`, on a listener that players and operators do not reach.

use std::io;
use std::net::TcpListener;
use std::sync::Arc;

use actix_web::dev::Server;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::{App, HttpResponse, HttpServer, web};

/// Makes the text of everything counted.
pub type Exposition = Arc<dyn Fn() -> String + Send + Sync>;

/// Serves what `exposition` says, of the media type `content_type`, until the returned server is stopped. It leaves
/// signals to the service's own server.
pub fn serve(listener: TcpListener, exposition: Exposition, content_type: &'static str) -> io::Result<Server> {
    let server = HttpServer::new(move || {
        let exposition = Arc::clone(&exposition);
        let answer = move || {
            let text = exposition();
            async move {
                HttpResponse::Ok().content_type(content_type).insert_header((CACHE_CONTROL, "no-store")).body(text)
            }
        };
        App::new().route("/metrics", web::get().to(answer))
    });
    Ok(server.workers(1).disable_signals().shutdown_timeout(1).listen(listener)?.run())
}
