// SPDX-License-Identifier: Apache-2.0
#include "core/lesson/load_blocks.h"

#include <algorithm>

#include "core/lesson/fields.h"

namespace cutaway::lesson {

namespace {

template <class E>
std::string names_of() {
    std::string out;
    for (const std::string_view name : enum_names(E{})) {
        out += name == "none" ? "" : (out.empty() ? "" : ", ") + std::string(name);
    }
    return out;
}

template <std::size_t I = 0>
void add_call_kinds(std::vector<std::string>& out) {
    if constexpr (I < std::variant_size_v<world::Call>) {
        out.emplace_back(std::variant_alternative_t<I, world::Call>::kind);
        add_call_kinds<I + 1>(out);
    }
}

Run read_run(Fields& fields) {
    Run run;
    run.commands = fields.texts("do");
    run.exits = fields.number("exits", 0, 255, 0);
    if (run.commands.empty()) {
        fields.complain(fields.line(), "a run needs a command: do: docker run nginx");
    }
    return run;
}

void read_place(Fields& fields, Stop& stop) {
    if (fields.given("phase")) {
        stop.where.phase = from_name<world::Phase>(fields.text("phase"));
        if (!stop.where.phase || *stop.where.phase == world::Phase::none) {
            fields.complain(fields.line_of("phase"), "there is no phase \"" + fields.text("phase") + "\"; there are " +
                                                         names_of<world::Phase>());
        }
    }
    stop.where.step = fields.text("step");
    stop.where.call = fields.text("call");
    std::vector<std::string> kinds;
    add_call_kinds(kinds);
    if (fields.given("call") && std::find(kinds.begin(), kinds.end(), stop.where.call) == kinds.end()) {
        const std::string meant = nearest(stop.where.call, kinds);
        fields.complain(fields.line_of("call"), "there is no call \"" + stop.where.call + "\"" +
                                                    (meant.empty() ? "" : "; did you mean " + meant));
    }
}

Stop read_stop(Fields& fields) {
    Stop stop;
    read_place(fields, stop);
    stop.when = fields.expression("when");
    stop.after = fields.flag("after");
    stop.say = fields.text("say");
    const bool place = fields.given("phase") || fields.given("step") || fields.given("call");
    if (place == fields.given("when")) {
        fields.complain(fields.line(), "a stop needs either phase, step or call, or a condition in when");
    }
    return stop;
}

void read_choices(Fields& fields, Predict& predict) {
    for (const Field* field : fields.all("choice")) {
        const std::vector<std::string> parts = fields.parts(*field, 3, "VALUE | TEXT | WHAT IS SAID TO IT");
        predict.choices.push_back({parts[0], parts[1], parts[2]});
    }
    if (predict.type == Ask::choice && predict.choices.size() < 3) {
        fields.complain(fields.line(), "a choice needs three choices at least: two of them wrong and plausible");
    }
    for (const Field* field : fields.all("item")) {
        const std::vector<std::string> parts = fields.parts(*field, 2, "RANK | TEXT, where RANK grows downwards");
        predict.items.push_back({fields.parse(field->line, parts[0]), parts[1]});
    }
    for (const Field* field : fields.all("wrong")) {
        const std::vector<std::string> parts = fields.parts(*field, 2, "VALUE | WHAT IS SAID TO IT");
        predict.wrongs.push_back({parts[0], parts[1]});
    }
}

void check_predict(Fields& fields, const Predict& predict) {
    if (predict.type == Ask::order) {
        if (predict.items.size() < 3 || predict.items.size() > 9) {
            fields.complain(fields.line(), "an order needs three to nine items, in the right order");
        }
        return;
    }
    if (!fields.given("answer")) {
        fields.complain(fields.line(), "the predict has no answer; write an expression over the picture");
    }
    if (predict.type != Ask::choice && (predict.right.empty() || predict.otherwise.empty())) {
        fields.complain(fields.line(), "a number or a text needs what is said to it: right and otherwise");
    }
    if (predict.type != Ask::choice && predict.wrongs.size() < 2) {
        fields.complain(fields.line(), "a number or a text needs two plausible wrong answers: wrong: VALUE | WHY NOT");
    }
}

Predict read_predict(Fields& fields) {
    Predict predict;
    predict.id = fields.text("id");
    if (fields.given("type")) {
        const std::optional<Ask> type = from_name<Ask>(fields.text("type"));
        if (!type) {
            fields.complain(fields.line_of("type"),
                            "there is no type \"" + fields.text("type") + "\"; there are " + names_of<Ask>());
        }
        predict.type = type.value_or(Ask::choice);
    }
    predict.ask = fields.text("ask");
    predict.answer = fields.expression("answer");
    read_choices(fields, predict);
    predict.accept = fields.texts("accept");
    predict.right = fields.text("right");
    predict.otherwise = fields.text("otherwise");
    predict.now = fields.flag("now");
    predict.points = static_cast<std::uint32_t>(fields.number("points", 1, 10, 1));
    check_predict(fields, predict);
    return predict;
}

Task read_task(Fields& fields) {
    Task task;
    task.id = fields.text("id");
    task.goal = fields.text("goal");
    task.verify = fields.expression("verify");
    for (const Field* field : fields.all("hint")) {
        std::vector<std::string> parts = split_bars(field->value);
        if (parts.size() > 2) {
            fields.complain(field->line, "write this hint as TEXT, or as CONDITION | TEXT");
            parts.resize(2);
        }
        task.hints.push_back({parts.size() == 2 ? fields.parse(field->line, parts[0]) : std::nullopt, parts.back()});
    }
    if (const std::vector<const Field*> spoiled = fields.all("fail"); !spoiled.empty()) {
        const std::vector<std::string> parts = fields.parts(*spoiled.front(), 2, "CONDITION | WHAT IS SAID TO IT");
        task.fail = fields.parse(spoiled.front()->line, parts[0]);
        task.fail_say = parts[1];
    }
    task.solve = fields.texts("solve");
    task.done = fields.text("done");
    task.points = static_cast<std::uint32_t>(fields.number("points", 1, 10, 1));
    if (task.hints.empty()) {
        fields.complain(fields.line(), "a task needs a hint, for those who are stuck");
    }
    if (task.solve.empty()) {
        fields.complain(fields.line(), "a task needs solve: the commands that do it; skipping and the tests use them");
    }
    return task;
}

// "before", "without KIND", "reading THIS as THAT"
Counter read_counter(Fields& fields) {
    const std::string text = fields.text("fails");
    Counter counter;
    if (text == "before") {
        return counter;
    }
    if (text.starts_with("without ")) {
        return {Counter::Kind::without, text.substr(8), ""};
    }
    const std::size_t as = text.find(" as ");
    if (text.starts_with("reading ") && as != std::string::npos && as > 8 && as + 4 < text.size()) {
        return {Counter::Kind::reading, text.substr(8, as - 8), text.substr(as + 4)};
    }
    if (!text.empty()) {
        fields.complain(fields.line_of("fails"),
                        "say on which other story the check fails: before, without KIND or reading THIS as THAT");
    }
    return counter;
}

Check read_check(Fields& fields) {
    Check check;
    check.claims = fields.claims("claims");
    check.world = fields.given("world") ? fields.text("world") : "";
    if (!check.world.empty() && check.world != "model" && check.world != "real") {
        fields.complain(fields.line_of("world"), "there is no world \"" + check.world + "\"; there are model and real");
    }
    check.holds = fields.expression("holds");
    check.counter = read_counter(fields);
    check.text = fields.text("text");
    return check;
}

}  // namespace

Block read_block(const Piece& piece, std::vector<Mistake>& mistakes) {
    Fields fields(piece.name, piece.line, piece.fields, mistakes);
    if (piece.name == "run") {
        return read_run(fields);
    }
    if (piece.name == "stop") {
        return read_stop(fields);
    }
    if (piece.name == "predict") {
        return read_predict(fields);
    }
    if (piece.name == "task") {
        return read_task(fields);
    }
    if (piece.name == "check") {
        return read_check(fields);
    }
    if (piece.name == "card") {
        return Card{fields.claims("claims"), fields.text("often"), fields.text("today")};
    }
    if (piece.name == "figure") {
        return Figure{fields.text("name"), fields.text("alt"), {}};
    }
    return Finish{};
}

}  // namespace cutaway::lesson
