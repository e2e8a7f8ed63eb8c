//! Removes what runs left in the engine: everything with our labels whose owner is dead, wherever on this machine it ran. Talks to the
//! engine.

use std::collections::HashMap;
use std::time::Duration;

use bollard::query_parameters::{
    ListContainersOptionsBuilder, ListImagesOptionsBuilder, ListNetworksOptionsBuilder, ListVolumesOptionsBuilder,
    RemoveContainerOptionsBuilder, RemoveImageOptionsBuilder, RemoveVolumeOptions,
};

use super::container::is_being_removed;
use super::engine::{Engine, EngineError};
use super::labels::{BUILD, Labels, RUN};

/// How long the engine may take for one thing.
const LIMIT: Duration = Duration::from_secs(30);
/// So often is looked again: an engine is still busy with what a killed run asked of it a moment ago.
const ROUNDS: usize = 5;
const PAUSE: Duration = Duration::from_millis(150);

/// What was removed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remains {
    /// Containers, those of image builds too.
    pub containers: usize,
    /// Networks.
    pub networks: usize,
    /// Volumes.
    pub volumes: usize,
    /// Images that no tag names: what is there of a build that did not end.
    pub images: usize,
    /// What could not be removed, in words; tried again next time.
    pub problems: Vec<String>,
}

/// An object of ours.
struct Object {
    kind: Kind,
    id: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Container,
    Network,
    Volume,
    Image,
}

/// Removes what dead runs left.
pub fn sweep(engine: &Engine) -> Remains {
    let dead = |_: &str, labels: &HashMap<String, String>| {
        Labels::read(labels).is_some_and(|(_, owner)| owner.is_none_or(|owner| !owner.may_live()))
    };
    remove_all(engine, &filter(RUN), &dead)
}

/// Removes what the run `run` has, whoever owns it: the run itself is over.
pub fn remove_run(engine: &Engine, run: &str) -> Remains {
    remove_all(engine, &filter(&format!("{RUN}={run}")), &|_, _| true)
}

/// Removes images without a tag that the build `build` left.
pub(super) fn remove_unfinished(engine: &Engine, build: &str) {
    let mut remains = Remains::default();
    if let Ok(found) = images(engine, &filter(&format!("{BUILD}={build}"))) {
        found.into_iter().for_each(|(object, _)| remove(engine, &object, &mut remains));
    }
}

type Filter = HashMap<String, Vec<String>>;

fn filter(label: &str) -> Filter {
    HashMap::from([("label".to_owned(), vec![label.to_owned()])])
}

type Found = Vec<(Object, HashMap<String, String>)>;

fn remove_all(engine: &Engine, filter: &Filter, dead: &dyn Fn(&str, &HashMap<String, String>) -> bool) -> Remains {
    let mut remains = Remains::default();
    for round in 0..ROUNDS {
        if round > 0 {
            std::thread::sleep(PAUSE);
        }
        remains.problems.clear();
        let mut found = 0;
        // What uses something goes before what it uses.
        for list in [containers, networks, volumes, images] {
            match list(engine, filter) {
                Err(error) => {
                    remains.problems.push(error.to_string());
                    return remains;
                }
                Ok(objects) => {
                    for (object, _) in objects.iter().filter(|(object, labels)| dead(&object.id, labels)) {
                        found += 1;
                        remove(engine, object, &mut remains);
                    }
                }
            }
        }
        if found == 0 {
            break;
        }
    }
    remains
}

fn containers(engine: &Engine, filter: &Filter) -> Result<Found, EngineError> {
    let options = ListContainersOptionsBuilder::new().all(true).filters(filter).build();
    let found = engine.call(LIMIT, None, engine.docker.list_containers(Some(options)))?;
    Ok(objects(Kind::Container, found.into_iter().map(|found| (found.id, found.labels))))
}

fn networks(engine: &Engine, filter: &Filter) -> Result<Found, EngineError> {
    let options = ListNetworksOptionsBuilder::new().filters(filter).build();
    let found = engine.call(LIMIT, None, engine.docker.list_networks(Some(options)))?;
    Ok(objects(Kind::Network, found.into_iter().map(|found| (found.id, found.labels))))
}

fn volumes(engine: &Engine, filter: &Filter) -> Result<Found, EngineError> {
    let options = ListVolumesOptionsBuilder::new().filters(filter).build();
    let found = engine.call(LIMIT, None, engine.docker.list_volumes(Some(options)))?;
    let found = found.volumes.unwrap_or_default().into_iter();
    Ok(objects(Kind::Volume, found.map(|found| (Some(found.name), Some(found.labels)))))
}

fn images(engine: &Engine, filter: &Filter) -> Result<Found, EngineError> {
    let mut filter = filter.clone();
    filter.insert("dangling".to_owned(), vec!["true".to_owned()]);
    let options = ListImagesOptionsBuilder::new().filters(&filter).build();
    let found = engine.call(LIMIT, None, engine.docker.list_images(Some(options)))?;
    Ok(objects(Kind::Image, found.into_iter().map(|found| (Some(found.id), Some(found.labels)))))
}

fn objects(kind: Kind, found: impl Iterator<Item = (Option<String>, Option<HashMap<String, String>>)>) -> Found {
    found.filter_map(|(id, labels)| Some((Object { kind, id: id? }, labels.unwrap_or_default()))).collect()
}

fn remove(engine: &Engine, object: &Object, remains: &mut Remains) {
    let (docker, id) = (&engine.docker, object.id.as_str());
    let removed = match object.kind {
        Kind::Container => {
            let options = RemoveContainerOptionsBuilder::new().force(true).v(true).build();
            engine.call(LIMIT, None, docker.remove_container(id, Some(options)))
        }
        Kind::Network => engine.call(LIMIT, None, docker.remove_network(id)),
        Kind::Volume => engine.call(LIMIT, None, docker.remove_volume(id, None::<RemoveVolumeOptions>)),
        Kind::Image => {
            let options = RemoveImageOptionsBuilder::new().force(true).build();
            engine.call(LIMIT, None, docker.remove_image(id, Some(options), None)).map(drop)
        }
    };
    let (count, word) = match object.kind {
        Kind::Container => (&mut remains.containers, "container"),
        Kind::Network => (&mut remains.networks, "network"),
        Kind::Volume => (&mut remains.volumes, "volume"),
        Kind::Image => (&mut remains.images, "image"),
    };
    match removed {
        Ok(()) => *count += 1,
        // Somebody else was faster.
        Err(error) if error.is_missing() || is_being_removed(&error) => {}
        Err(error) => remains.problems.push(format!("cannot remove the {word} {id}: {error}")),
    }
}
