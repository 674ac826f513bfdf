// SPDX-License-Identifier: Apache-2.0
// The functions of the simulated PostgreSQL.
#include <algorithm>
#include <cmath>

#include "core/model/programs/pg_engine.h"
#include "core/model/programs/text.h"

namespace cutaway::model::pg {

namespace {

using Given = std::vector<Value>;
constexpr std::int64_t day_us = 86'400'000'000;

bool any_null(const Given& given) {
    return std::any_of(given.begin(), given.end(), [](const Value& value) { return value.null; });
}

std::int64_t number_at(const Given& given, std::size_t at) {
    Problem ignored;
    const auto value = convert(given[at], Type{Kind::bigint, -1, -1}, true, ignored);
    return value ? value->whole : 0;
}

Value do_version(const Session& session, const Given&, Problem&) {
    return text_of("PostgreSQL " + session.version + " " + session.build);
}
Value do_now(const Session& session, const Given&, Problem&) { return whole_of(Kind::timestamptz, session.now_us); }
Value do_today(const Session& session, const Given&, Problem&) { return whole_of(Kind::date, session.now_us / day_us); }
Value do_user(const Session& session, const Given&, Problem&) { return text_of(session.user); }
Value do_database(const Session& session, const Given&, Problem&) { return text_of(session.database); }
Value do_schema(const Session&, const Given&, Problem&) { return text_of("public"); }
Value do_pid(const Session& session, const Given&, Problem&) { return whole_of(Kind::integer, session.pid); }
Value do_peer(const Session& session, const Given&, Problem&) {
    return session.peer.empty() ? null_of(Kind::text) : text_of(session.peer);
}

Value do_length(const Session&, const Given& given, Problem&) {
    if (any_null(given)) {
        return null_of(Kind::integer);
    }
    const std::string text = to_text(given[0]);
    const auto starts = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
    return whole_of(Kind::integer, std::count_if(text.begin(), text.end(), starts));
}

std::string raised(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
}

Value do_upper(const Session&, const Given& given, Problem&) {
    return any_null(given) ? null_of(Kind::text) : text_of(raised(to_text(given[0])));
}
Value do_lower(const Session&, const Given& given, Problem&) {
    return any_null(given) ? null_of(Kind::text) : text_of(programs::lower(to_text(given[0])));
}
Value do_trim(const Session&, const Given& given, Problem&) {
    return any_null(given) ? null_of(Kind::text) : text_of(std::string(programs::trim(to_text(given[0]))));
}
Value do_replace(const Session&, const Given& given, Problem&) {
    if (any_null(given) || given[1].text.empty()) {
        return given[0].null ? null_of(Kind::text) : given[0];
    }
    return text_of(programs::replace_all(given[0].text, given[1].text, given[2].text));
}
Value do_concat(const Session&, const Given& given, Problem&) {
    std::string text;
    for (const Value& value : given) {
        text += to_text(value);
    }
    return text_of(std::move(text));
}
Value do_repeat(const Session&, const Given& given, Problem& problem) {
    if (any_null(given)) {
        return null_of(Kind::text);
    }
    const std::int64_t times = number_at(given, 1);
    if (times > 0 && static_cast<std::size_t>(times) * given[0].text.size() > 1'000'000) {
        problem = {"0A000", "text of more than a million bytes: not modelled", 0, {}, {}};
        return null_of(Kind::text);
    }
    std::string text;
    for (std::int64_t i = 0; i < times; ++i) {
        text += given[0].text;
    }
    return text_of(std::move(text));
}
Value do_substring(const Session&, const Given& given, Problem&) {
    if (any_null(given)) {
        return null_of(Kind::text);
    }
    const auto size = static_cast<std::int64_t>(given[0].text.size());
    const std::int64_t from = number_at(given, 1);
    const std::int64_t end =
        given.size() > 2 ? std::min(from + std::max<std::int64_t>(number_at(given, 2), 0), size + 1) : size + 1;
    const std::int64_t first = std::max<std::int64_t>(from, 1);
    return text_of(first >= end ? std::string()
                                : given[0].text.substr(static_cast<std::size_t>(first - 1),
                                                       static_cast<std::size_t>(end - first)));
}
Value do_left(const Session& session, const Given& given, Problem& problem) {
    return do_substring(session, {given[0], whole_of(Kind::integer, 1), given[1]}, problem);
}

Value do_coalesce(const Session&, const Given& given, Problem&) {
    for (const Value& value : given) {
        if (!value.null) {
            return value;
        }
    }
    return null_of(given[0].kind);
}
Value do_nullif(const Session&, const Given& given, Problem&) {
    return !any_null(given) && compare(given[0], given[1]) == 0 ? null_of(given[0].kind) : given[0];
}
Value best(const Given& given, int wanted) {
    Value found = null_of(given[0].kind);
    for (const Value& value : given) {
        if (!value.null && (found.null || compare(value, found) * wanted > 0)) {
            found = value;
        }
    }
    return found;
}
Value do_greatest(const Session&, const Given& given, Problem&) { return best(given, 1); }
Value do_least(const Session&, const Given& given, Problem&) { return best(given, -1); }

bool not_a_number(const Value& value, std::string_view name, Problem& problem) {
    if (is_number(value.kind)) {
        return false;
    }
    problem = {"42883",
               "function " + std::string(name) + "(" + std::string(kind_name(value.kind)) + ") does not exist",
               0,
               {},
               "No function matches the given name and argument types. You might need to add explicit type casts."};
    return true;
}

Value do_abs(const Session&, const Given& given, Problem& problem) {
    if (any_null(given) || not_a_number(given[0], "abs", problem)) {
        return given[0];
    }
    Value made = given[0];
    made.whole = std::abs(made.whole);
    made.real = std::abs(made.real);
    return made;
}
Value do_round(const Session&, const Given& given, Problem& problem) {
    if (any_null(given) || not_a_number(given[0], "round", problem)) {
        return null_of(given[0].kind);
    }
    if (given[0].kind >= Kind::real) {
        return real_of(std::nearbyint(given[0].real));
    }
    const auto number = convert(given[0], Type{Kind::numeric, -1, -1}, true, problem);
    return number ? round_to(*number, given.size() > 1 ? std::clamp<std::int64_t>(number_at(given, 1), 0, 16) : 0)
                  : null_of(Kind::numeric);
}
Value do_mod(const Session&, const Given& given, Problem& problem) {
    if (any_null(given) || not_a_number(given[0], "mod", problem) || not_a_number(given[1], "mod", problem)) {
        return null_of(given[0].kind);
    }
    return calculate('%', given[0], given[1], problem).value_or(null_of(given[0].kind));
}

constexpr Function functions[] = {{"version", 0, 0, Kind::text, do_version},
                                  {"now", 0, 0, Kind::timestamptz, do_now},
                                  {"current_timestamp", 0, 0, Kind::timestamptz, do_now},
                                  {"current_date", 0, 0, Kind::date, do_today},
                                  {"current_user", 0, 0, Kind::text, do_user},
                                  {"session_user", 0, 0, Kind::text, do_user},
                                  {"user", 0, 0, Kind::text, do_user},
                                  {"current_database", 0, 0, Kind::text, do_database},
                                  {"current_schema", 0, 0, Kind::text, do_schema},
                                  {"pg_backend_pid", 0, 0, Kind::integer, do_pid},
                                  {"inet_client_addr", 0, 0, Kind::text, do_peer},
                                  {"length", 1, 1, Kind::integer, do_length},
                                  {"char_length", 1, 1, Kind::integer, do_length},
                                  {"upper", 1, 1, Kind::text, do_upper},
                                  {"lower", 1, 1, Kind::text, do_lower},
                                  {"trim", 1, 1, Kind::text, do_trim},
                                  {"replace", 3, 3, Kind::text, do_replace},
                                  {"concat", 1, 64, Kind::text, do_concat},
                                  {"repeat", 2, 2, Kind::text, do_repeat},
                                  {"substring", 2, 3, Kind::text, do_substring},
                                  {"substr", 2, 3, Kind::text, do_substring},
                                  {"left", 2, 2, Kind::text, do_left},
                                  {"coalesce", 1, 64, Kind::unknown, do_coalesce},
                                  {"nullif", 2, 2, Kind::unknown, do_nullif},
                                  {"greatest", 1, 64, Kind::unknown, do_greatest},
                                  {"least", 1, 64, Kind::unknown, do_least},
                                  {"abs", 1, 1, Kind::unknown, do_abs},
                                  {"round", 1, 2, Kind::numeric, do_round},
                                  {"mod", 2, 2, Kind::unknown, do_mod}};

}  // namespace

const Function* find_function(std::string_view name) {
    for (const Function& one : functions) {
        if (one.name == name) {
            return &one;
        }
    }
    return nullptr;
}

namespace {

// The original has some 3000 functions; these are what people try, so that "does not exist" is said of a slip alone.
constexpr std::string_view original_names =
    " "
    "acos age array_agg array_length array_to_string ascii asin atan bit_length bool_and bool_or btrim "
    "cbrt ceil ceiling char_length character_length chr clock_timestamp concat_ws cos current_setting "
    "currval date_part date_trunc decode degrees dense_rank div encode exp extract first_value floor "
    "format gen_random_uuid generate_series has_table_privilege initcap isfinite json_agg "
    "json_build_object json_object_agg jsonb_agg jsonb_build_object justify_days lag last_value lastval "
    "lead ln localtimestamp log lpad ltrim make_date make_interval md5 nextval ntile num_nulls "
    "octet_length overlay percentile_cont pi position pow power quote_ident quote_literal quote_nullable "
    "radians random rank regexp_match regexp_matches regexp_replace reverse right row_number row_to_json "
    "rpad rtrim set_config setseed setval sha256 sign sin split_part sqrt starts_with statement_timestamp "
    "stddev string_agg string_to_array strpos tan timeofday to_char to_date to_hex to_json to_jsonb "
    "to_number to_timestamp transaction_timestamp translate trunc txid_current unnest inet_server_addr "
    "variance width_bucket ";

}  // namespace

bool is_beyond(std::string_view name) {
    return name.starts_with("pg_") || original_names.find(" " + std::string(name) + " ") != std::string_view::npos;
}

bool is_bare_function(std::string_view name) {
    return name == "current_timestamp" || name == "current_date" || name == "current_user" || name == "session_user" ||
           name == "user" || name == "current_schema";
}

}  // namespace cutaway::model::pg
