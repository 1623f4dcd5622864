//! Days since 1970-01-01 and the years, months and days of the proleptic Gregorian calendar.

use super::SECONDS_PER_DAY;

/// After so many years the calendar repeats itself.
const CYCLE_YEARS: u32 = 400;
const CYCLE_DAYS: u32 = 146_097;
/// Days from 0000-03-01 to 1970-01-01.
const DAYS_BEFORE_1970: u32 = 719_468;

/// The fields of a civil time before they are known to exist.
pub(super) struct CivilTime {
    pub(super) date: (u32, u32, u32),
    pub(super) time: (u32, u32, u32),
}

impl CivilTime {
    /// Returns the seconds since 1970-01-01T00:00:00Z, or nothing where there is no such time.
    pub(super) fn resolve(&self) -> Option<i64> {
        let (year, month, day) = self.date;
        let (hour, minute, second) = self.time;
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let second_of_day = hour.wrapping_mul(3600).wrapping_add(minute.wrapping_mul(60)).wrapping_add(second);
        Some(days_from_civil(year, month, day)?.wrapping_mul(SECONDS_PER_DAY).wrapping_add(second_of_day.into()))
    }
}

/// Returns the days since 1970-01-01 of a day of the years 0 to 9999, or nothing where there is no such day.
pub(super) fn days_from_civil(year: u32, month: u32, day: u32) -> Option<i64> {
    if !(1..=12).contains(&month) || day < 1 || day > days_of_month(year, month) {
        return None;
    }
    // Years begin in March here, so that the leap day is the last of its year, and one cycle earlier, so that none is
    // below zero.
    let year = if month > 2 { year } else { year.wrapping_sub(1) }.wrapping_add(CYCLE_YEARS);
    let month_from_march = month.wrapping_add(9).rem_euclid(12);
    let day_of_year =
        month_from_march.wrapping_mul(153).wrapping_add(2).div_euclid(5).wrapping_add(day).wrapping_sub(1);
    let leap_days = year.div_euclid(4).wrapping_sub(year.div_euclid(100)).wrapping_add(year.div_euclid(400));
    let days = year.wrapping_mul(365).wrapping_add(leap_days).wrapping_add(day_of_year);
    Some(i64::from(days).wrapping_sub(i64::from(DAYS_BEFORE_1970).wrapping_add(CYCLE_DAYS.into())))
}

fn days_of_month(year: u32, month: u32) -> u32 {
    let leap = year.rem_euclid(4) == 0 && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Returns year, month and day of a count of days since 1970-01-01.
pub(super) fn civil_from_days(days: u32) -> (u32, u32, u32) {
    let shifted = days.saturating_add(DAYS_BEFORE_1970);
    let era = shifted.div_euclid(CYCLE_DAYS);
    let day_of_era = shifted.rem_euclid(CYCLE_DAYS);
    let year_of_era = day_of_era
        .saturating_sub(day_of_era.div_euclid(1_460))
        .saturating_add(day_of_era.div_euclid(36_524))
        .saturating_sub(day_of_era.div_euclid(146_096))
        .div_euclid(365);
    let days_before_year = year_of_era
        .saturating_mul(365)
        .saturating_add(year_of_era.div_euclid(4))
        .saturating_sub(year_of_era.div_euclid(100));
    let day_of_year = day_of_era.saturating_sub(days_before_year);
    let month_from_march = day_of_year.saturating_mul(5).saturating_add(2).div_euclid(153);
    let days_before_month = month_from_march.saturating_mul(153).saturating_add(2).div_euclid(5);
    let day = day_of_year.saturating_sub(days_before_month).saturating_add(1);
    let month = month_from_march.saturating_add(2).rem_euclid(12).saturating_add(1);
    let year = year_of_era.saturating_add(era.saturating_mul(CYCLE_YEARS));
    (if month > 2 { year } else { year.saturating_add(1) }, month, day)
}
