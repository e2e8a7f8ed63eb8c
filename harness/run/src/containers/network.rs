//! Networks: one for every container, with a subnet of its own choice. An address can be asked for again after a disconnect only where
//! the subnet was chosen, and alone in it nobody takes it meanwhile. Talks to the engine, reads the routes of this machine.

use std::net::Ipv4Addr;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use bollard::models::{
    EndpointIpamConfig, EndpointSettings, Ipam, IpamConfig, NetworkConnectRequest, NetworkCreateRequest,
    NetworkDisconnectRequest,
};

use super::engine::{Engine, EngineError};
use super::labels::Labels;
use crate::sys;

/// How long the engine may take.
const LIMIT: Duration = Duration::from_secs(30);
/// How many subnets are tried: others may hold some.
const TRIES: usize = 20;
/// Subnets are taken out of 10.192.0.0/10, in which neither Docker's own nor the usual clusters' lie, 8 addresses each.
const FIRST: u32 = u32::from_be_bytes([10, 192, 0, 0]);
const COUNT: u32 = 1 << 19;
const SIZE: u32 = 8;

/// A network of a run's own.
#[derive(Clone, Debug)]
pub struct Network {
    engine: Engine,
    /// Its name.
    pub name: String,
}

impl Network {
    /// Makes one.
    ///
    /// # Errors
    /// If the engine makes none.
    pub fn make(engine: &Engine, name: &str, labels: &Labels, stop: &AtomicBool) -> Result<Self, EngineError> {
        let routes = std::fs::read_to_string("/proc/net/route").unwrap_or_default();
        let mut last = EngineError::Gone("no subnet is free".to_owned());
        for _ in 0..TRIES {
            let start = random_subnet()?;
            if is_routed(&routes, start) {
                continue;
            }
            let request = NetworkCreateRequest {
                name: name.to_owned(),
                ipam: Some(Ipam {
                    config: Some(vec![IpamConfig {
                        subnet: Some(format!("{}/29", Ipv4Addr::from(start))),
                        gateway: Some(Ipv4Addr::from(start + 1).to_string()),
                        ..IpamConfig::default()
                    }]),
                    ..Ipam::default()
                }),
                labels: Some(labels.map()),
                ..NetworkCreateRequest::default()
            };
            match engine.call(LIMIT, Some(stop), engine.docker.create_network(request)) {
                Ok(_) => return Ok(Self { engine: engine.clone(), name: name.to_owned() }),
                Err(EngineError::Refused { status, message }) if message.contains("overlap") => {
                    last = EngineError::Refused { status, message };
                }
                Err(error) => {
                    // It may have been made all the same, with an answer that came too late.
                    let _ = engine.call(LIMIT, None, engine.docker.remove_network(name));
                    return Err(error);
                }
            }
        }
        Err(last)
    }

    /// Takes `container` off the network.
    pub(super) fn disconnect(&self, container: &str) -> Result<(), EngineError> {
        let request = NetworkDisconnectRequest { container: container.to_owned(), force: Some(true) };
        self.engine.call(LIMIT, None, self.engine.docker.disconnect_network(&self.name, request))
    }

    /// Puts `container` back where it was.
    pub(super) fn connect(&self, container: &str, address: Ipv4Addr) -> Result<(), EngineError> {
        let ipam = EndpointIpamConfig { ipv4_address: Some(address.to_string()), ..EndpointIpamConfig::default() };
        let endpoint = EndpointSettings { ipam_config: Some(ipam), ..EndpointSettings::default() };
        let request = NetworkConnectRequest { container: container.to_owned(), endpoint_config: Some(endpoint) };
        match self.engine.call(LIMIT, None, self.engine.docker.connect_network(&self.name, request)) {
            Err(EngineError::Refused { message, .. }) if message.contains("already exists in network") => Ok(()),
            other => other,
        }
    }

    /// Removes it.
    ///
    /// # Errors
    /// If the engine does not, and it is there.
    pub fn remove(&self) -> Result<(), EngineError> {
        match self.engine.call(LIMIT, None, self.engine.docker.remove_network(&self.name)) {
            Err(error) if !error.is_missing() => Err(error),
            _ => Ok(()),
        }
    }
}

fn random_subnet() -> Result<u32, EngineError> {
    let bytes = sys::random_bytes(4).map_err(|error| EngineError::Gone(format!("no random numbers: {error}")))?;
    let number = bytes.into_iter().fold(0, |number, byte| number << 8 | u32::from(byte));
    Ok(FIRST + number % COUNT * SIZE)
}

/// Whether one of this machine's routes but the default one leads into the subnet at `start`: a tunnel's, another engine's.
fn is_routed(routes: &str, start: u32) -> bool {
    // The kernel prints addresses as it holds them: in the machine's byte order.
    let number = |text: &str| u32::from_str_radix(text, 16).ok().map(u32::swap_bytes);
    routes.lines().skip(1).any(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let (Some(to), Some(mask)) =
            (fields.get(1).and_then(|to| number(to)), fields.get(7).and_then(|mask| number(mask)))
        else {
            return false;
        };
        mask != 0 && ((start & mask) == to || (to & !(SIZE - 1)) == start)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROUTES: &str = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n\
        eth0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n\
        tun0\t0000C80A\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n\
        br-1\t1001C90A\t00000000\t0001\t0\t0\t0\tF8FFFFFF\t0\t0\t0\n\
        tun1\t2203CB0A\t00000000\t0005\t0\t0\t0\tFFFFFFFF\t0\t0\t0\n";

    #[test]
    fn subnets_that_a_route_leads_to_are_left_alone() {
        let at = |text: &str| u32::from(text.parse::<Ipv4Addr>().unwrap());
        for (start, routed) in [
            ("10.200.7.8", true),
            ("10.201.1.16", true),
            ("10.201.1.24", false),
            ("10.203.3.32", true),
            ("10.203.3.40", false),
            ("10.199.0.0", false),
        ] {
            assert_eq!(is_routed(ROUTES, at(start)), routed, "{start}");
        }
        assert!(!is_routed("", at("10.200.0.0")));
    }

    #[test]
    fn random_subnets_stay_in_their_range() {
        for _ in 0..100 {
            let start = random_subnet().unwrap();
            assert!(
                (FIRST..FIRST + (1 << 22)).contains(&start) && start.is_multiple_of(SIZE),
                "{}",
                Ipv4Addr::from(start)
            );
        }
    }
}
