//! What the values of a Parquet column mean, and which columns may hold events.

use parquet::{
    basic::{ConvertedType, LogicalType, TimeUnit, Type as Physical},
    schema::types::ColumnDescriptor,
};

use super::ColumnarProblem;

/// What the values of a column mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Whole(Sign),
    /// Units of so many to the second since 1970.
    Time(i64),
    /// Decimal places.
    Decimal(u32),
}

/// Whether whole numbers may be negative, or have their highest bit for a digit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    Signed,
    Unsigned,
}

pub(super) fn kind_of(column: &ColumnDescriptor) -> Result<Kind, ColumnarProblem> {
    if column.max_rep_level() > 0 || column.path().parts().len() != 1 {
        return Err(ColumnarProblem::Nested);
    }
    let physical = column.physical_type();
    let is_amount = column.name() == "amount_usd";
    let is_time = column.name() == "occurred_at";
    let kind = match (column.logical_type_ref(), column.converted_type()) {
        _ if matches!(physical, Physical::FLOAT | Physical::DOUBLE) => return Err(ColumnarProblem::Float),
        (Some(LogicalType::Float16), _) => return Err(ColumnarProblem::Float),
        (Some(LogicalType::Timestamp(time)), _) => {
            if !time.is_adjusted_to_u_t_c {
                return Err(ColumnarProblem::Naive);
            }
            Kind::Time(match time.unit {
                TimeUnit::MILLIS => 1_000,
                TimeUnit::MICROS => 1_000_000,
                TimeUnit::NANOS => 1_000_000_000,
            })
        }
        // Files from before the logical types mean UTC.
        (None, ConvertedType::TIMESTAMP_MILLIS) => Kind::Time(1_000),
        (None, ConvertedType::TIMESTAMP_MICROS) => Kind::Time(1_000_000),
        (Some(LogicalType::Decimal(_)), _) | (None, ConvertedType::DECIMAL) => {
            Kind::Decimal(u32::try_from(column.type_scale()).map_err(|_| ColumnarProblem::Decimal)?)
        }
        (Some(LogicalType::String), _) | (None, ConvertedType::UTF8) => Kind::Text,
        (Some(LogicalType::Integer(_)) | None, converted) if matches!(physical, Physical::INT32 | Physical::INT64) => {
            Kind::Whole(match converted {
                ConvertedType::UINT_8 | ConvertedType::UINT_16 | ConvertedType::UINT_32 | ConvertedType::UINT_64 => {
                    Sign::Unsigned
                }
                _ => Sign::Signed,
            })
        }
        (Some(logical), _) => return Err(ColumnarProblem::Kind(format!("{logical:?}").to_lowercase())),
        (None, _) => return Err(ColumnarProblem::Kind(format!("{physical} without a meaning").to_lowercase())),
    };
    let fits = match kind {
        Kind::Text => true,
        Kind::Whole(_) => !is_amount,
        Kind::Time(_) => is_time,
        Kind::Decimal(_) => is_amount,
    };
    let what = match kind {
        Kind::Text => "text",
        Kind::Whole(_) => "whole numbers",
        Kind::Time(_) => "timestamps",
        Kind::Decimal(_) => "decimals",
    };
    if fits { Ok(kind) } else { Err(ColumnarProblem::Kind(what.to_string())) }
}
