import { invalidParameterValue } from "../../errors/index.js";
import type { CheckScope } from "./definition.js";

const PARAMETER = "TimeZone";
/** PostgreSQL's limit: a week less an hour, in seconds. */
const LONGEST_OFFSET_S = 168 * 3600;

/** Abbreviation, offset from Greenwich (west is positive), and perhaps daylight rules. */
const POSIX_ZONE =
  /^(?:[A-Z]*|<[A-Z0-9+-]+>)[+-]?\d{1,3}(?::\d{1,2}){0,2}(?:(?:[A-Z]+|<[A-Z0-9+-]+>)(?:[+-]?\d{1,3}(?::\d{1,2}){0,2})?(?:,[MJ0-9./:+-]+){0,2})?$/;

const LEADING_OFFSET = /^(?:[A-Z]*|<[A-Z0-9+-]+>)[+-]?(\d{1,3})/;

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}

/** The POSIX name of a fixed offset, seconds east of Greenwich: 7200 is "<+02>-02". */
function fixedOffsetName(secondsEast: number): string {
  const size = Math.abs(secondsEast);
  const hours = twoDigits(Math.floor(size / 3600));
  const minutes = Math.floor(size / 60) % 60;
  const seconds = size % 60;
  let text = hours;
  if (minutes !== 0 || seconds !== 0) text += `:${twoDigits(minutes)}`;
  if (seconds !== 0) text += `:${twoDigits(seconds)}`;
  return secondsEast < 0 ? `<-${text}>+${text}` : `<+${text}>-${text}`;
}

function fixedOffset(value: string, secondsEast: number): string {
  if (!(Math.abs(secondsEast) < LONGEST_OFFSET_S)) {
    throw invalidParameterValue(PARAMETER, value, {
      detail: "UTC timezone offset is out of range.",
    });
  }
  return fixedOffsetName(Math.trunc(secondsEast));
}

/** `INTERVAL '-08:00'` of SET TIME ZONE: hours and minutes, or a count of hours. */
function intervalOffset(value: string, text: string): string {
  if (/mon|year/i.test(text)) {
    throw invalidParameterValue(PARAMETER, value, {
      detail: "Cannot specify months in time zone interval.",
    });
  }
  if (/day/i.test(text)) {
    throw invalidParameterValue(PARAMETER, value, {
      detail: "Cannot specify days in time zone interval.",
    });
  }
  const match = /^\s*([+-]?)(\d+)(?::(\d{2}))?(?::(\d{2}))?(?:\s*hours?)?\s*$/i.exec(text);
  if (match === null) throw invalidParameterValue(PARAMETER, value);
  const [, sign, hours = "0", minutes = "0", seconds = "0"] = match;
  const size = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return fixedOffset(value, sign === "-" ? -size : size);
}

/** A zone of the database, a POSIX zone, hours east of Greenwich, or an interval. */
export function checkTimeZone(value: string, scope: CheckScope): string {
  const interval = /^interval\s*'([^']*)'$/i.exec(value.trim());
  if (interval !== null) return intervalOffset(value, interval[1] ?? "");
  if (/^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/.test(value)) {
    return fixedOffset(value, Number(value) * 3600);
  }
  const named = value === "" ? null : scope.timeZones.canonicalName(value);
  if (named !== null) return named;
  const upper = value.toUpperCase();
  const hours = Number(LEADING_OFFSET.exec(upper)?.[1] ?? "0");
  if (POSIX_ZONE.test(upper) && hours <= 167) return upper;
  throw invalidParameterValue(PARAMETER, value);
}
