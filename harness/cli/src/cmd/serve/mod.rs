//! `dogfood serve`: the book in the browser while somebody writes it. A saved recipe runs again on servers that stay, the page is built anew,
//! findings and all, and reloads. Runs and builds as `run --watch` and `build` do; listens on loopback.

mod previews;
mod server;

use dogfood_core::gate;
use mdbook_dogfood::terminal::Shown;

pub(crate) use self::previews::Previews;
use self::server::Server;
use super::run::{ROOM, Request, watch};
use super::{Context, build, check};
use crate::cli::{ServeArgs, Today};
use crate::exit::{Exit, Trouble, sentence};
use crate::output::Head;

/// Serves until it is interrupted.
pub(crate) fn run(context: &mut Context, args: &ServeArgs) -> Result<Exit, Trouble> {
    let root = context.root()?;
    let inputs = context.load(&root, context.today(&Today::default())?)?;
    let report = gate::check(&inputs);
    if let Err(trouble) = build::refuse_unsafe(&inputs, &report) {
        check::people(context, &inputs, &report)?;
        return Err(trouble);
    }
    Previews::refuse_link(&root)?;
    let server = Server::start(args.port).map_err(|error| {
        let help = "name another port with `--port`; 0 takes one that is free";
        Trouble::machine(format!("127.0.0.1:{} cannot be listened on: {}", args.port, sentence(&error)), help)
    })?;
    let mut previews = Previews::of(&root).map_err(|error| {
        Trouble::machine(format!("no folder for previews can be made below `.dogfood`: {error}"), ROOM)
    })?;
    // A page stands before the first recipe has run: some take minutes.
    round(context, &mut previews, &server, true);
    let request = Request::new(args.selection.clone());
    watch::run(context, &root, &request, &mut |context, ended| {
        if let Err(trouble) = ended {
            context.output.headed(Head::Error, Shown(&trouble.message));
        }
        round(context, &mut previews, &server, false);
    })
}

/// Builds what stands now, shows it instead of what was there, and has pages reload.
fn round(context: &mut Context, previews: &mut Previews, server: &Server, first: bool) {
    let when = if first { "" } else { "; the next change is waited for" };
    let preview = previews.next();
    let built = build::preview(context, &preview);
    if built.is_ok() {
        server.show(preview);
        previews.forget();
    }
    server.reload();
    match built {
        Ok(0) => context.output.say(format_args!("http://{}/ shows the book{when}; Ctrl-C ends", server.address())),
        Ok(errors) => {
            let found = crate::output::count(errors, "finding");
            context
                .output
                .say(format_args!("http://{}/ shows the book with {found}{when}; Ctrl-C ends", server.address()));
        }
        Err(trouble) => context.output.headed(Head::Error, Shown(&trouble.message)),
    }
}
