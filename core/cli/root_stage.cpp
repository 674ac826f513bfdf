// SPDX-License-Identifier: Apache-2.0
#include "core/cli/root_stage.h"

#include "core/cli/documents.h"
#include "core/cli/verb.h"
#include "core/scene/evolve.h"
#include "core/scene/found.h"
#include "core/trace/line.h"
#include "core/trace/redact.h"
#include "core/world/by_hand.h"

namespace cutaway::cli {

// The recorder outlives each opening of the world, so its clock is the present world's; between commands it stands.
class Stage::Time final : public world::Clock {
public:
    void follow(world::Clock* clock) {
        if (clock == nullptr && clock_ != nullptr) {
            now_ = clock_->now_ns();
            wall_ = clock_->wall_ns();
        }
        clock_ = clock;
    }
    std::int64_t now_ns() override { return clock_ == nullptr ? now_ : clock_->now_ns(); }
    std::int64_t wall_ns() override { return clock_ == nullptr ? wall_ : clock_->wall_ns(); }
    Status sleep(std::int64_t ns) override {
        return clock_ == nullptr ? fail(Errc::invalid, "no world is open") : clock_->sleep(ns);
    }

private:
    world::Clock* clock_ = nullptr;
    std::int64_t now_ = 0;
    std::int64_t wall_ = 0;
};

// Every event goes into the machine's own journal as it happens; it is kept with the next commit.
class Stage::Journal final : public trace::Sink {
public:
    void follow(Session* session) { session_ = session; }
    [[nodiscard]] std::uint64_t seen() const { return seen_; }  // events on the tape
    void take(const trace::Event& event) override {
        ++seen_;
        if (session_ != nullptr && !is_found(event)) {
            session_->journal(event);
        }
    }

private:
    // It sums up the journal, which needs it least.
    static bool is_found(const trace::Event& event) {
        const auto* note = std::get_if<world::Note>(&event.body);
        return note != nullptr && std::holds_alternative<world::StateFound>(*note);
    }

    Session* session_ = nullptr;
    std::uint64_t seen_ = 0;
};

namespace {

constexpr std::uint64_t page_events = 10'000;  // what it takes to fold them is what opening a tape may cost

// The command as a person may see it again.
std::string as_typed(std::vector<std::string> words) {
    trace::redact_argv(words);
    std::string text;
    for (const std::string& word : words) {
        text += (text.empty() ? "" : " ") + world::shell_word(word);
    }
    return text;
}

// The Picture at the end of a trace's text, which only this machine wrote.
Result<scene::Picture> picture_of(std::string_view text) {
    const std::size_t first = text.find('\n');
    scene::Picture picture = scene::first_picture(TRY(trace::decode_header(text.substr(0, first))));
    trace::Event event;
    for (std::size_t at = first; at != std::string_view::npos && at + 1 < text.size();) {
        const std::size_t end = text.find('\n', at + 1);
        if (!trace::decode_line(text.substr(at + 1, end - at - 1), event).problem.empty()) {
            return fail(Errc::io, "event " + std::to_string(picture.seq + 1) + " of the machine's journal is damaged");
        }
        scene::evolve(picture, event);
        at = end;
    }
    return picture;
}

}  // namespace

Stage::Stage(CommandLine line)
    : line_(std::move(line)),
      time_(std::make_unique<Time>()),
      journal_(std::make_unique<Journal>()),
      recorder_(std::make_unique<trace::Recorder>(
          *time_, line_.world == "real" ? world::Evidence::performed : world::Evidence::modelled)) {
    if (line_.world != "real") {  // the real machine has no journal of ours; unwatched, it goes faster
        recorder_->add_sink(*journal_);
    }
}

Stage::~Stage() = default;

Result<std::unique_ptr<Stage>> Stage::open(const CommandLine& line) {
    std::unique_ptr<Stage> stage(new Stage(line));
    TRY(stage->enter());
    stage->header_ = stage->session_->header();
    return stage;  // still open: the first command need not load the machine again
}

Result<std::unique_ptr<Stage>> Stage::open_again(const CommandLine& line, std::int64_t since_ns) {
    CommandLine then = line;
    then.since_ns = since_ns;
    std::unique_ptr<Stage> stage = TRY(open(then));
    stage->told_ = stage->session_->journaled();
    stage->line_.since_ns.reset();
    return stage;
}

void Stage::rest() {
    if (session_ != nullptr) {
        static_cast<void>(leave());  // what cannot be kept is told by the next command
    }
}

std::vector<Boundary> Stage::boundaries() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return boundaries_;
}

Status Stage::enter() {
    if (session_ != nullptr) {
        session_->cancel().reset();
        return {};
    }
    std::unique_ptr<Session> session = TRY(open_session(line_));
    opened_on_ = session->on_page();
    time_->follow(&session->world().clock);
    journal_->follow(session.get());
    const std::lock_guard<std::mutex> lock(mutex_);
    session_ = std::move(session);
    return {};
}

Status Stage::leave() {
    turn_page();
    Status kept = session_->commit();
    told_ = session_->journaled();
    if (session_->stays()) {
        return kept;
    }
    time_->follow(nullptr);
    journal_->follow(nullptr);
    const std::lock_guard<std::mutex> lock(mutex_);
    if (ends_with_process_) {  // a machine of two hundred containers is left to the process's end, which takes it away at once
        static const Session* const left = session_.release();
        static_cast<void>(left);
    }
    session_.reset();
    return kept;
}

int Stage::perform(const std::vector<std::string>& words, Console& console) {
    const auto complain = [&](const Status& failed) {
        console.err("cutaway: " + failed.error().doing + "\n");
        return 1;
    };
    if (const Status entered = enter(); !entered) {
        return complain(entered);
    }
    int status = 1;
    next_ = Boundary();
    next_.begin = journal_->seen();
    {
        trace::TracedWorld traced(session_->world(), *recorder_);
        const bool fault_asked = words.size() > 1 && words[0] == "model" && words[1] == "fault";
        if (words.front() == "model" && !fault_asked) {
            status = wind(words, console);
            // Whoever looks at the tape sees at once where the machine is now.
            if (const Status told = is_wound_ ? introduce(traced, words) : Status(); !told) {
                status = complain(told);
            }
        } else if (const Status introduced = introduce(traced, words); !introduced) {
            status = complain(introduced);
        } else {
            {
                const std::lock_guard<std::mutex> lock(mutex_);
                boundaries_.push_back(next_);
            }
            traced.world().narrator.note(world::CommandTyped{words});
            const auto act = [&](Console& shown) {
                return words.front() == "sh" ? shell(words, shown)
                       : fault_asked         ? fault(words, shown)
                                             : verb(words, traced, shown);
            };
            status = line_.documents ? perform_as_documents(words, console, act) : act(console);
            traced.drain();
        }
    }
    if (const Status kept = leave(); !kept) {
        return complain(kept);
    }
    return status;
}

int Stage::wind(const std::vector<std::string>& words, Console& console) {
    const Result<std::string> said = session_->wind({words.begin() + 1, words.end()});
    if (!said) {
        console.err("cutaway: " + said.error().doing + "\n");
        return 1;
    }
    is_wound_ = true;
    console.out(*said);
    return 0;
}

// Whoever opens a tape folds one page. A page ends where nothing is under way anywhere, since a begin and its end belong
// together; as long as another terminal's command is, it is asked about again a page's length later. A journal that cannot
// be read is told to who asks for it.
void Stage::turn_page() {
    if (session_->on_page() / page_events <= opened_on_ / page_events) {
        return;
    }
    const Result<std::string> history = session_->history();
    const Result<scene::Picture> before = history ? picture_of(*history) : Result<scene::Picture>(history.error());
    if (!before || !before->spans->empty() || !before->calls->empty()) {
        return;
    }
    trace::Event found;
    found.kind = trace::EventKind::note;
    found.actor = world::Actor::daemon;
    found.evidence = world::Evidence::modelled;
    found.t_ns = before->t_ns;
    world::StateFound note = scene::found_note(*before);
    note.events = session_->journaled();
    found.body = world::Note(std::move(note));
    static_cast<void>(session_->turn_page(found));  // a full disk is told by the commit
}

// What was there, then what happened since, then what is asked for.
Status Stage::introduce(trace::TracedWorld& traced, const std::vector<std::string>& words) {
    if (changes_something(words)) {
        next_.command = as_typed(words);
        TRY(session_->begin(next_.command));
        next_.generation = session_->generation();
    }
    if (tells_history_ && (session_->journaled() != told_ || is_wound_)) {
        const std::string history = TRY(session_->history());
        const scene::Picture before =
            history.empty() ? scene::first_picture(session_->header()) : TRY(picture_of(history));
        if (scene::exists(before) || is_wound_) {  // going back may leave nothing, which is news too
            world::StateFound note = scene::found_note(before);
            note.events = session_->journaled();
            traced.world().narrator.note(std::move(note));
        }
    }
    is_wound_ = false;
    traced.drain();
    return {};
}

int Stage::verb(const std::vector<std::string>& words, trace::TracedWorld& traced, Console& console) {
    engine::Engine engine(traced.world(), session_->brought());
    return cli::perform(engine, console, words);
}

namespace {

int print(const Result<ShellOutput>& output, Console& console) {
    if (!output) {
        console.err("cutaway: " + output.error().doing + "\n");
        return 1;
    }
    console.out(output->out);
    console.err(output->err);
    return output->code;
}

}  // namespace

int Stage::fault(const std::vector<std::string>& words, Console& console) {
    return print(session_->fault({words.begin() + 2, words.end()}), console);
}

// Without arguments the commands come from the console's input, to its end.
int Stage::shell(const std::vector<std::string>& words, Console& console) {
    ShellCommand command;
    command.argv = words;
    if (words.size() == 1) {
        command.input = console.all_input();
    }
    return print(session_->run_on_host(command), console);
}

void Stage::cancel() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (session_ != nullptr) {
        session_->cancel().request();
    }
}

// Between two commands no world is open, and nothing is held that could be let go.
void Stage::park() {
    if (session_ != nullptr) {
        session_->park();
    }
}

void Stage::unpark() {
    if (session_ != nullptr) {
        session_->unpark();
    }
}

}  // namespace cutaway::cli
