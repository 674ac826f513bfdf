// SPDX-License-Identifier: Apache-2.0
// SELECT, and the rows it finds: over a table, over generate_series, over nothing.
#include "core/model/programs/pg_select.h"

#include <algorithm>

#include "core/model/programs/text.h"

namespace cutaway::model::pg {

namespace {

constexpr std::int64_t most_rows = 100'000;

bool fail(Problem& problem, std::string code, std::string message, std::size_t at = 0) {
    problem = {std::move(code), std::move(message), at, {}, {}};
    return false;
}

bool same_expression(const Expression& one, const Expression& other) {
    return one.node == other.node && one.name == other.name && one.column == other.column &&
           one.negated == other.negated && one.parts.size() == other.parts.size() &&
           to_text(one.value) == to_text(other.value) &&
           std::equal(one.parts.begin(), one.parts.end(), other.parts.begin(), same_expression);
}

// Columns outside of aggregates must be what is grouped by.
bool is_grouped(const Expression& one, const Statement& statement, const Scope& scope, Problem& problem) {
    const auto same = [&](const Expression& group) { return same_expression(group, one); };
    if (is_aggregate(one) || std::any_of(statement.groups.begin(), statement.groups.end(), same)) {
        return true;
    }
    if (one.node == Node::column) {
        return fail(problem, "42803",
                    "column \"" + scope.name + "." + one.name +
                        "\" must appear in the GROUP BY clause or be used in an aggregate function",
                    one.at);
    }
    return std::all_of(one.parts.begin(), one.parts.end(),
                       [&](const Expression& part) { return is_grouped(part, statement, scope, problem); });
}

class Selection {
public:
    Selection(const Session& session, Statement& statement, const Scope& scope, Problem& problem)
        : session_(session), statement_(statement), scope_(scope), problem_(problem) {}

    bool bind() {
        Binder binder(scope_, problem_);
        if (statement_.where) {
            if (has_aggregate(*statement_.where)) {
                return fail(problem_, "42803", "aggregate functions are not allowed in WHERE", statement_.where->at);
            }
            if (!binder.bind(*statement_.where) || !binder.need_truth(*statement_.where, "WHERE")) {
                return false;
            }
        }
        if (!expand_stars(statement_.outputs, scope_, problem_)) {
            return false;
        }
        for (Output& output : statement_.outputs) {
            if (!binder.bind(output.what) || !binder.become(output.what, Kind::text)) {
                return false;
            }
        }
        return bind_groups(binder) && bind_order(binder) && check_groups();
    }

    std::optional<Found> run(const std::vector<Row>& rows) {
        std::vector<const Row*> kept;
        Evaluator evaluator(session_, problem_);
        for (const Row& row : rows) {
            if (!statement_.where || evaluator.is_true(*statement_.where, &row)) {
                kept.push_back(&row);
            }
        }
        Found found;
        for (const Output& output : statement_.outputs) {
            found.columns.push_back({output_name(output), output.what.kind});
        }
        std::vector<Made> made = grouped_ ? of_groups(evaluator, kept) : of_rows(evaluator, kept);
        std::stable_sort(made.begin(), made.end(), [&](const Made& a, const Made& b) { return before(a, b); });
        drop_doubles(made);
        if (evaluator.failed() || !cut(evaluator, made)) {
            return std::nullopt;
        }
        for (Made& one : made) {
            found.rows.push_back(std::move(one.row));
        }
        return found;
    }

private:
    struct Made {
        Row row;
        Row keys;
    };

    bool bind_groups(Binder& binder) {
        for (Expression& group : statement_.groups) {
            if (Output* const meant = output_meant(group); meant != nullptr) {
                group = meant->what;
            } else if (!binder.bind(group)) {
                return false;
            }
            if (has_aggregate(group)) {
                return fail(problem_, "42803", "aggregate functions are not allowed in GROUP BY", group.at);
            }
        }
        if (statement_.having) {
            return binder.bind(*statement_.having) && binder.need_truth(*statement_.having, "HAVING");
        }
        return true;
    }

    bool bind_order(Binder& binder) {
        for (Order& order : statement_.order) {
            const Expression& what = order.what;
            const bool ordinal = what.node == Node::constant && is_whole(what.kind);
            const auto last = static_cast<std::int64_t>(statement_.outputs.size());
            if (ordinal && (what.value.whole < 1 || what.value.whole > last)) {
                return fail(problem_, "42P10", "ORDER BY position " + to_text(what.value) + " is not in select list",
                            what.at);
            }
            if (Output* const meant = output_meant(order.what); meant != nullptr) {
                order.what = meant->what;
            } else if (!binder.bind(order.what) || !binder.become(order.what, Kind::text)) {
                return false;
            }
        }
        return true;
    }

    // The output that a number or a name behind ORDER BY or GROUP BY stands for.
    Output* output_meant(const Expression& what) {
        if (what.node == Node::constant && is_whole(what.kind) && what.value.whole > 0 &&
            what.value.whole <= static_cast<std::int64_t>(statement_.outputs.size())) {
            return &statement_.outputs[static_cast<std::size_t>(what.value.whole - 1)];
        }
        for (Output& output : statement_.outputs) {
            if (what.node == Node::column && what.table.empty() && output.name == what.name) {
                return &output;
            }
        }
        return nullptr;
    }

    bool check_groups() {
        grouped_ = !statement_.groups.empty() || statement_.having.has_value();
        for (const Output& output : statement_.outputs) {
            grouped_ = grouped_ || has_aggregate(output.what);
        }
        for (const Order& order : statement_.order) {
            grouped_ = grouped_ || has_aggregate(order.what);
        }
        if (!grouped_) {
            return true;
        }
        for (const Output& output : statement_.outputs) {
            if (!is_grouped(output.what, statement_, scope_, problem_)) {
                return false;
            }
        }
        return std::all_of(statement_.order.begin(), statement_.order.end(),
                           [&](const Order& order) { return is_grouped(order.what, statement_, scope_, problem_); });
    }

    Made make(Evaluator& evaluator, const Row* row, const std::vector<const Row*>* group) {
        Made made;
        for (const Output& output : statement_.outputs) {
            made.row.push_back(evaluator.value(output.what, row, group));
        }
        for (const Order& order : statement_.order) {
            made.keys.push_back(evaluator.value(order.what, row, group));
        }
        return made;
    }

    std::vector<Made> of_rows(Evaluator& evaluator, const std::vector<const Row*>& rows) {
        std::vector<Made> made;
        for (const Row* row : rows) {
            made.push_back(make(evaluator, row, nullptr));
        }
        return made;
    }

    std::vector<Made> of_groups(Evaluator& evaluator, const std::vector<const Row*>& rows) {
        std::vector<std::pair<std::string, std::vector<const Row*>>> groups;
        std::map<std::string, std::size_t> places;
        for (const Row* row : rows) {
            std::string key;
            for (const Expression& group : statement_.groups) {
                const Value value = evaluator.value(group, row);
                key += (value.null ? "n" : "v" + to_text(value)) + std::string(1, '\0');
            }
            const auto [place, fresh] = places.emplace(key, groups.size());
            if (fresh) {
                groups.emplace_back(key, std::vector<const Row*>());
            }
            groups[place->second].second.push_back(row);
        }
        if (groups.empty() && statement_.groups.empty()) {
            groups.emplace_back();
        }
        std::vector<Made> made;
        for (const auto& [key, group] : groups) {
            const Row* first = group.empty() ? nullptr : group.front();
            if (!statement_.having || evaluator.is_true(*statement_.having, first, &group)) {
                made.push_back(make(evaluator, first, &group));
            }
        }
        return made;
    }

    // NULL is greater than everything, unless it is said otherwise.
    bool before(const Made& one, const Made& other) const {
        for (std::size_t i = 0; i < statement_.order.size(); ++i) {
            const Order& order = statement_.order[i];
            const Value& a = one.keys[i];
            const Value& b = other.keys[i];
            if (a.null != b.null) {
                return a.null == order.nulls_first.value_or(order.descending);
            }
            const int result = a.null ? 0 : compare(a, b);
            if (result != 0) {
                return (result < 0) != order.descending;
            }
        }
        return false;
    }

    void drop_doubles(std::vector<Made>& made) const {
        if (!statement_.distinct) {
            return;
        }
        std::vector<Made> kept;
        for (Made& one : made) {
            const auto same = [&](const Made& other) {
                return std::equal(
                    one.row.begin(), one.row.end(), other.row.begin(),
                    [](const Value& a, const Value& b) { return a.null == b.null && (a.null || compare(a, b) == 0); });
            };
            if (std::none_of(kept.begin(), kept.end(), same)) {
                kept.push_back(std::move(one));
            }
        }
        made = std::move(kept);
    }

    // LIMIT and OFFSET, which may be calculated but of no row.
    bool cut(Evaluator& evaluator, std::vector<Made>& made) {
        const auto count = [&](std::optional<Expression>& what, std::string_view clause) {
            std::optional<std::int64_t> number;
            const Scope nothing;
            if (what && Binder(nothing, problem_).bind(*what)) {
                const Value value = evaluator.value(*what, nullptr);
                const auto whole = convert(value, Type{Kind::bigint, -1, -1}, true, problem_);
                number = whole ? std::optional(whole->null ? INT64_MAX : whole->whole) : std::nullopt;
            }
            if (number.value_or(0) < 0) {
                (void)fail(problem_, "2201W", std::string(clause) + " must not be negative");
                number.reset();
            }
            return number;
        };
        if (statement_.offset) {
            const auto skip = count(statement_.offset, "OFFSET");
            if (!skip) {
                return false;
            }
            made.erase(made.begin(),
                       made.begin() + std::min<std::int64_t>(*skip, static_cast<std::int64_t>(made.size())));
        }
        if (statement_.limit) {
            const auto most = count(statement_.limit, "LIMIT");
            if (!most) {
                return false;
            }
            made.resize(
                static_cast<std::size_t>(std::min<std::int64_t>(*most, static_cast<std::int64_t>(made.size()))));
        }
        return true;
    }

    const Session& session_;
    Statement& statement_;
    const Scope& scope_;
    Problem& problem_;
    bool grouped_ = false;
};

}  // namespace

bool expand_stars(std::vector<Output>& outputs, const Scope& scope, Problem& problem) {
    std::vector<Output> all;
    for (Output& output : outputs) {
        if (output.what.node != Node::star) {
            all.push_back(std::move(output));
            continue;
        }
        if (scope.columns == nullptr) {
            return fail(problem, "42601", "SELECT * with no tables specified is not valid", output.what.at);
        }
        for (const Column& column : *scope.columns) {
            Output one;
            one.what.node = Node::column;
            one.what.name = column.name;
            one.what.at = output.what.at;
            all.push_back(std::move(one));
        }
    }
    outputs = std::move(all);
    return true;
}

std::optional<Found> select_rows(const Session& session, Statement& statement, const Source& source, Problem& problem) {
    const Scope scope{statement.alias.empty() ? statement.name : statement.alias,
                      statement.name.empty() ? nullptr : &source.columns};
    Selection selection(session, statement, scope, problem);
    return selection.bind() ? selection.run(source.rows) : std::nullopt;
}

std::optional<Source> series_of(const Session& session, Statement& statement, Problem& problem) {
    Evaluator evaluator(session, problem);
    const Scope nothing;
    std::vector<std::int64_t> given;
    for (Expression& bound : statement.from) {
        Binder binder(nothing, problem);
        if (!binder.bind(bound) || !binder.become(bound, Kind::integer)) {
            return std::nullopt;
        }
        const auto value = convert(evaluator.value(bound, nullptr), Type{Kind::bigint, -1, -1}, true, problem);
        if (!value || !is_whole(bound.kind)) {
            (void)fail(problem, "0A000", "generate_series of anything but whole numbers: not modelled", bound.at);
            return std::nullopt;
        }
        given.push_back(value->whole);
    }
    const std::int64_t by = given.size() > 2 ? given[2] : 1;
    if (given.size() < 2 || given.size() > 3 || by == 0) {
        (void)fail(problem, "22023", "step size cannot equal zero");
        return std::nullopt;
    }
    Source source;
    Column column;
    column.name = statement.alias.empty() ? "generate_series" : statement.alias;
    column.type.kind = Kind::integer;
    source.columns.push_back(std::move(column));
    for (std::int64_t at = given[0]; by > 0 ? at <= given[1] : at >= given[1]; at += by) {
        if (static_cast<std::int64_t>(source.rows.size()) >= most_rows) {
            (void)fail(problem, "0A000", "a series of more than 100000 rows: not modelled");
            return std::nullopt;
        }
        source.rows.push_back({whole_of(Kind::integer, at)});
    }
    return source;
}

void show_rows(const Found& found, Answer& answer) {
    answer.has_rows = true;
    for (const FoundColumn& column : found.columns) {
        answer.fields.push_back({column.name, is_number(column.kind)});
    }
    for (const Row& row : found.rows) {
        Cells cells;
        for (const Value& value : row) {
            cells.push_back(value.null ? std::nullopt : std::optional(to_text(value)));
        }
        answer.rows.push_back(std::move(cells));
    }
}

std::optional<Answer> Engine::select(Statement& statement, Problem& problem) {
    const auto found = find_rows(statement, problem);
    if (!found) {
        return std::nullopt;
    }
    Answer answer;
    show_rows(*found, answer);
    answer.tag = "SELECT " + std::to_string(found->rows.size());
    return answer;
}

std::optional<Found> Engine::find_rows(Statement& statement, Problem& problem) {
    Source source;
    if (!statement.from.empty()) {
        auto series = series_of(session_, statement, problem);
        if (!series) {
            return std::nullopt;
        }
        source = std::move(*series);
    } else if (!statement.name.empty()) {
        auto opened = open_table(statement.name, statement.name_at, problem);
        if (!opened || !may_use(opened->relation, problem)) {
            return std::nullopt;
        }
        source = {std::move(opened->table.columns), std::move(opened->table.rows)};
    } else {
        source.rows.emplace_back();
    }
    return select_rows(session_, statement, source, problem);
}

}  // namespace cutaway::model::pg
