//! What processes have used so far, as the kernel counts it.

use std::path::Path;

use crate::Result;

/// Linux reports processor time in hundredths of a second.
const MICROSECONDS_A_TICK: u64 = 10_000;

/// The processor time of a process alone, in µs.
pub fn own_time(process: u32) -> Result<u64> {
    Ok(Usage::of(process)?.own)
}

/// The processor time of a process, its children and those that have ended, in µs.
pub fn family_time(process: u32) -> Result<u64> {
    let parent = Usage::of(process)?;
    let mut time = parent.own + parent.ended_children;
    for entry in std::fs::read_dir("/proc")?.flatten() {
        let Some(child) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        // One that has ended meanwhile is the next measurement's.
        time += Usage::of(child).ok().filter(|usage| usage.parent == process).map_or(0, |usage| usage.own);
    }
    Ok(time)
}

/// The processor time of the load tools that this process has run so far, in µs.
pub fn tools_time() -> Result<u64> {
    Ok(Usage::of(std::process::id())?.ended_children)
}

/// Forgets the highest memory of a process, so that it counts anew from here.
pub fn forget_peak(process: u32) -> Result<()> {
    Ok(std::fs::write(format!("/proc/{process}/clear_refs"), "5")?)
}

/// The highest memory of a process since then, in MiB.
pub fn peak_memory(process: u32) -> Result<f64> {
    memory(process, "VmHWM:")
}

/// The memory of a process now, in MiB.
pub fn present_memory(process: u32) -> Result<f64> {
    memory(process, "VmRSS:")
}

/// The first process of a PostgreSQL by the folder of its data.
pub fn postmaster(data: &Path) -> Result<u32> {
    let text = std::fs::read_to_string(data.join("postmaster.pid"))?;
    Ok(text.lines().next().unwrap_or_default().parse()?)
}

fn memory(process: u32, name: &str) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let kibibytes = status.lines().find_map(|line| line.strip_prefix(name)?.trim().strip_suffix(" kB"));
    Ok(kibibytes.ok_or("the kernel reports no memory of a process")?.parse::<f64>()? / 1024.0)
}

struct Usage {
    parent: u32,
    own: u64,
    ended_children: u64,
}

impl Usage {
    fn of(process: u32) -> Result<Self> {
        Self::parse(&std::fs::read_to_string(format!("/proc/{process}/stat"))?)
            .ok_or_else(|| format!("/proc/{process}/stat has not the form it should have").into())
    }

    /// The name of a process stands in parentheses and may contain anything, so fields count from behind it.
    fn parse(stat: &str) -> Option<Self> {
        let fields = stat.rsplit_once(") ")?.1.split(' ').collect::<Vec<_>>();
        let time = |place: usize| fields.get(place)?.parse::<u64>().ok();
        Some(Self {
            parent: fields.get(1)?.parse().ok()?,
            own: (time(11)? + time(12)?) * MICROSECONDS_A_TICK,
            ended_children: (time(13)? + time(14)?) * MICROSECONDS_A_TICK,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_counted_behind_the_name_whatever_it_is() {
        let stat = "7 (a) b (c) S 3 7 7 0 -1 4194304 1 2 0 0 150 50 30 20 20 0 1 0 100 0 0";
        let usage = Usage::parse(stat).unwrap();
        assert_eq!((usage.parent, usage.own, usage.ended_children), (3, 2_000_000, 500_000));
    }

    #[test]
    fn a_child_that_works_is_counted_with_its_parent() {
        let busy = "i=0; while [ $i -lt 200000 ]; do i=$((i + 1)); done";
        std::process::Command::new("sh").args(["-c", busy]).status().unwrap();
        assert!(tools_time().unwrap() > 0);
        assert!(family_time(std::process::id()).unwrap() >= own_time(std::process::id()).unwrap());
    }
}
