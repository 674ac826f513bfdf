// SPDX-License-Identifier: Apache-2.0
// Lines and files: nothing is lost between writing and reading, a cut trace is a shorter trace, hostile bytes are one
// clear sentence.
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "core/trace/line.h"
#include "core/trace/replay.h"
#include "tests/trace/sample.h"

namespace cutaway::trace {
namespace {

std::unique_ptr<Bytes> bytes(std::string text) { return in_memory(std::move(text)); }

TEST(Line, EveryKindOfEventComesBackAsItWas) {
    const std::vector<Event> events = one_of_each();
    EXPECT_GT(events.size(), 70U);
    Event back;  // one for all: what a line leaves out must not shine through from the line before
    for (const Event& event : events) {
        std::string line;
        append_line(line, event);
        const Decoded got = decode_line(line, back);
        EXPECT_EQ(got.problem, "") << line;
        EXPECT_EQ(got.known, Known::yes) << line;
        EXPECT_EQ(back, event) << line;
    }
}

TEST(Line, EveryKindWithNothingButDefaultsOrZeroesComesBackToo) {
    Event back = one_of_each().back();
    std::vector<Event> events = one_of_each();
    for (Event& event : events) {
        std::visit([](auto& body) { blank(body); }, event.body);
    }
    for (Event event : one_of_each()) {
        std::visit([](auto& body) { zero(body); }, event.body);
        events.push_back(event);
    }
    for (const Event& event : events) {
        std::string line;
        append_line(line, event);
        EXPECT_EQ(decode_line(line, back).problem, "") << line;
        EXPECT_EQ(back, event) << line;
    }
}

TEST(Line, ReadsAsAPersonWouldWantToReadIt) {
    Event event;
    event.seq = 3;
    event.t_ns = 120;
    event.kind = EventKind::call_begin;
    event.span = 2;
    event.parent = 1;
    event.actor = world::Actor::runtime;
    event.phase = world::Phase::overlay;
    event.container = "c1";
    event.body = world::Call{world::Mount{"overlay", "overlay", "/m", {"ro"}, ""}};
    std::string line;
    append_line(line, event);
    EXPECT_EQ(line,
              R"({"seq":3,"t":120,"event":"call_begin","span":2,"parent":1,"actor":"runtime","phase":"overlay",)"
              R"("evidence":"performed","container":"c1","call":{"kind":"mount","type":"overlay","source":"overlay",)"
              R"("target":"/m","options":["ro"]}})");
}

TEST(Line, KeysMayComeInAnyOrderAndUnknownOnesArePassedOver) {
    Event event;
    const Decoded got = decode_line(
        R"( { "call" : {"kind":"mount","target":"/m","new":{"a":[1,"}"]},"type":"tmpfs"}, "later" : [{}], "span":7, )"
        R"("event":"call_begin","t":-5,"seq":9} )",
        event);
    EXPECT_EQ(got.problem, "");
    EXPECT_EQ(event.seq, 9U);
    EXPECT_EQ(event.t_ns, -5);
    EXPECT_EQ(std::get<world::Mount>(std::get<world::Call>(event.body)), (world::Mount{"tmpfs", "", "/m", {}, ""}));
}

TEST(Line, WhatCannotBeReadIsRefusedAndWhatIsNewIsNamed) {
    struct Case {
        std::string line;
        Known known;
        std::string problem;  // part of it
    };
    const std::vector<Case> cases{
        {"", Known::yes, "no JSON object"},
        {"[]", Known::yes, "no JSON object"},
        {"{}", Known::yes, "no \"seq\""},
        {R"({"seq":1,"event":"note"})", Known::yes, "body"},
        {R"({"seq":1,"event":"note","call":{"kind":"mount"}})", Known::yes, "body"},
        {R"({"seq":-1,"event":"span_end"})", Known::yes, "damaged"},
        {R"({"seq":1,"span":4294967296,"event":"span_end"})", Known::yes, "damaged"},
        {R"({"seq":1,"event":"span_end","actor":"nobody"})", Known::yes, "damaged"},
        {R"({"seq":1,"event":"span_end"} x)", Known::yes, "cut"},
        {R"({"seq":1,"event":"span_end")", Known::yes, "cut"},
        {R"({"seq":1,"event":"note","note":{"text":"x"}})", Known::yes, "damaged"},
        {R"({"seq":1,"event":"span_end","x":)" + std::string(100000, '['), Known::yes, "damaged"},
        {R"({"seq":1,"event":"span_end"})", Known::yes, ""},
        {R"({"seq":1,"event":"note","note":{"kind":"poem","lines":[1,2]}})", Known::skipped, ""},
        {R"({"seq":1,"event":"observed","seen":{"kind":"ghost"}})", Known::skipped, ""},
        {R"({"seq":1,"event":"call_begin","call":{"kind":"teleport","to":{"x":1}}})", Known::essential, ""},
        {R"({"seq":1,"event":"miracle","wonder":{}})", Known::essential, ""},
    };
    for (const Case& one : cases) {
        Event event;
        const Decoded got = decode_line(one.line, event);
        EXPECT_EQ(got.known, one.known) << one.line;
        EXPECT_EQ(got.problem.empty(), one.problem.empty()) << one.line << got.problem;
        EXPECT_NE(got.problem.find(one.problem), std::string_view::npos) << one.line << " gave " << got.problem;
    }
}

TEST(File, ATraceCutAtAnyByteReplaysToThatPoint) {
    std::vector<Event> events = one_of_each();
    events.resize(12);
    const std::string text = to_text(Header{}, events);
    const std::size_t header_end = text.find('\n');
    for (std::size_t size = 0; size <= text.size(); ++size) {
        const std::string cut = text.substr(0, size);
        const Result<Trace> trace = Trace::open(bytes(cut));
        if (size < header_end) {
            EXPECT_FALSE(trace) << size;
            continue;
        }
        ASSERT_TRUE(trace) << size << trace.error().doing;
        std::size_t whole = 0;
        for (std::size_t end = header_end + 1; end < text.size() && text.find('\n', end) <= size; ++whole) {
            end = text.find('\n', end) + 1;
        }
        ASSERT_EQ(trace->size(), whole) << size;
        EXPECT_EQ(trace->index().cut.empty(), cut.back() == '\n' || text[size] == '\n') << size;
        for (std::size_t n = 0; n < whole; ++n) {
            EXPECT_EQ(trace->event(n), events[n]);
        }
    }
}

TEST(File, ADamagedLineIsNamedByItsNumber) {
    std::string text = to_text(Header{}, one_of_each());
    const std::size_t third = text.find('\n', text.find('\n', text.find('\n') + 1) + 1);
    text.insert(third + 1, "junk\n");
    const Result<Trace> trace = Trace::open(bytes(text));
    ASSERT_FALSE(trace);
    EXPECT_EQ(trace.error().doing,
              "line 4 of the trace: it is no JSON object; what lies before it is sound: head -n 3 keeps it");
}

TEST(File, AHeaderThatIsNotOursOrIsNewerIsRefused) {
    const std::string other =
        "line 1: this is no Cutaway trace, which begins {\"format\":\"cutaway-trace\"; cutaway --trace FILE run … "
        "writes one";
    const std::vector<std::pair<std::string, std::string>> cases{
        {"", "the file is empty: its writer never began; record it again"},
        {"\n", other},
        {"{\"version\":3}", other},
        {std::string(100, '\0'), other},
        {R"({"format":"cutaway-trace","version":0})",
         "line 1: the trace says version 0, which there never was; record it again"},
        {R"({"format":"cutaway-trace","version":7,"seed":"text now"})",
         "the trace is of version 7, newer than version 1, the newest that this program reads; use the program that "
         "wrote it"},
        {R"({"format":"cutaway-trace","ver)", "line 1: the trace's header is damaged or cut; record it again"},
        {R"({"format":"cutaway-trace","version":1,"seed":"x"})",
         "line 1: the trace's header is damaged or cut; record it again"},
    };
    for (const auto& [text, expected] : cases) {
        const Result<Trace> trace = Trace::open(bytes(text));
        ASSERT_FALSE(trace) << text;
        EXPECT_EQ(trace.error().doing, expected);
    }
}

TEST(File, AnUnknownEssentialKindMakesATraceViewOnlyAndSkippableOnesDoNot) {
    std::string text = to_text(Header{}, {});
    text += R"({"seq":1,"event":"note","note":{"kind":"poem"}})"
            "\n";
    EXPECT_EQ(Trace::open(bytes(text))->index().view_only, "");
    EXPECT_EQ(Trace::open(bytes(text))->index().skipped, 1U);
    text += R"({"seq":2,"event":"call_begin","span":1,"call":{"kind":"teleport"}})"
            "\n";
    const Result<Trace> trace = Trace::open(bytes(text));
    EXPECT_EQ(trace->index().view_only,
              "line 3 holds \"teleport\", which this program does not know: the trace can be looked at, not continued");
    EXPECT_EQ(trace->size(), 2U);
}

TEST(File, TheSidecarIsBelievedOnlyIfItIsThisTraces) {
    const std::string text = to_text(Header{}, one_of_each());
    const Index index = *make_index(text);
    const std::string saved = save_index(index);
    EXPECT_EQ(*load_index(saved, text), index);
    std::string other = text;
    other[text.size() / 2] ^= 1;
    EXPECT_EQ(load_index(saved, other).error().code, Errc::conflict);
    EXPECT_EQ(load_index(saved, text + " ").error().code, Errc::conflict);
    for (std::size_t at = 0; at < saved.size(); ++at) {
        std::string damaged = saved;
        damaged[at] ^= 4;
        EXPECT_FALSE(load_index(damaged, text)) << at;
        EXPECT_FALSE(load_index(saved.substr(0, at), text)) << at;
    }
}

TEST(File, TheSidecarIsBelievedWithoutReadingAllWhereTheTimeOfTheLastChangeIsTheSame) {
    std::string text = to_text(Header{}, one_of_each());
    for (const std::string line = text.substr(text.rfind('\n', text.size() - 2) + 1); text.size() < 300000;) {
        text += line;
    }
    Index index = *make_index(text);
    index.trace_changed_ns = 12345;
    const std::string saved = save_index(index);
    struct Case {
        std::size_t at;  // a byte that is another one
        std::int64_t changed_ns;
        bool believed;
    };
    for (const Case& one :
         {Case{text.size() / 2, 12345, true}, Case{text.size() / 2, 0, false}, Case{text.size() / 2, 12346, false},
          Case{60, 12345, false}, Case{text.size() - 9, 12345, false}, Case{60, 12346, false}}) {
        std::string other = text;
        other[one.at] ^= 1;
        BytesInView view(other);
        EXPECT_EQ(load_index(saved, view, one.changed_ns).has_value(), one.believed)
            << one.at << ", " << one.changed_ns;
    }
    const std::string more = text + "x";
    BytesInView other(more);
    EXPECT_FALSE(load_index(saved, other, 12345)) << "another size";
    BytesInView same(text);
    EXPECT_TRUE(load_index(saved, same, 99)) << "touched, and read whole: the same";
}

TEST(File, TheIndexKnowsTitlesAndWhereCommandsAndContainersComeFirst) {
    Story story;
    story.see(world::OutputLine{"c1", world::Stream::out, "before"});
    const auto run = story.open(0, world::Grain::command, world::Phase::none, "run");
    const auto one = story.open(run, world::Grain::step, world::Phase::create, "write it down");
    story.close(one, world::Phase::create);
    const auto two = story.open(run, world::Grain::step, world::Phase::create, "join the layers");
    story.close(two, world::Phase::create);
    const auto three = story.open(run, world::Grain::step, world::Phase::create, "write it down");
    story.close(three, world::Phase::create);
    story.close(run, world::Phase::none);
    std::vector<Event> events = story.events;
    const auto note = [&](const world::Note& what) {
        Event event;
        event.kind = EventKind::note;
        event.seq = events.size() + 1;
        event.body = what;
        events.push_back(event);
        return static_cast<std::uint32_t>(events.size() - 1);
    };
    world::ContainerKnown web;
    web.id = std::string(64, 'a');
    web.name = "web";
    std::vector<std::uint32_t> marks{note(world::CommandTyped{{"run", "nginx"}}), note(web)};
    static_cast<void>(note(web));  // known
    web.name = "renamed";
    marks.push_back(note(web));
    marks.push_back(note(world::CommandTyped{{"ps"}}));
    const Index index = *make_index(to_text(Header{}, events));
    EXPECT_EQ(index.marks, marks);
    EXPECT_EQ(index.titles, (std::vector<std::string>{"write it down", "join the layers"}));
    std::vector<std::uint32_t> titles;
    for (const SpanNode& span : index.spans) {
        titles.push_back(span.title);
    }
    EXPECT_EQ(titles, (std::vector<std::uint32_t>{nowhere, 0, 1, 0}));
}

// A folder of this test's own, gone with it.
class Folder {
public:
    Folder() : path_(std::filesystem::temp_directory_path() / ("cutaway-trace-" + std::to_string(::getpid()))) {
        std::filesystem::create_directories(path_);
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    [[nodiscard]] std::string file(const std::string& name) const { return (path_ / name).string(); }
    [[nodiscard]] std::string file(const std::string& name, const std::string& text) const {
        std::ofstream(path_ / name, std::ios::binary) << text;
        return file(name);
    }

private:
    std::filesystem::path path_;
};

// Lines of every size up to one of 300 KB, so that they end before, at and behind the windows that a file is read in.
std::vector<Event> lines_of_many_sizes() {
    Story story;
    const auto run = story.open(0, world::Grain::command, world::Phase::none, "run");
    for (std::size_t i = 0; i < 900; ++i) {
        const std::size_t size = i == 500 ? 300000 : i == 501 ? 65536 : i * 7 % 2048;
        story.see(world::OutputLine{"c1", world::Stream::out, std::string(size, static_cast<char>('a' + i % 26))});
    }
    story.close(run, world::Phase::none);
    return story.events;
}

TEST(File, IsReadAsItIsInMemoryInAnyDirection) {
    const Folder folder;
    const std::vector<Event> events = lines_of_many_sizes();
    const std::string text = to_text(Header{}, events);
    const Result<Trace> trace = Trace::open_file(folder.file("sizes", text));
    ASSERT_TRUE(trace) << trace.error().doing;
    EXPECT_EQ(trace->index(), *make_index(text));
    ASSERT_EQ(trace->size(), events.size());
    for (std::size_t n = 0; n < events.size(); ++n) {
        ASSERT_EQ(trace->event(n), events[n]) << n;
    }
    for (std::size_t n = events.size(); n-- > 0;) {
        ASSERT_EQ(trace->event(n), events[n]) << n;
    }
    for (std::size_t i = 0; i < 2000; ++i) {
        const std::size_t n = i * 7919 % events.size();
        ASSERT_EQ(trace->event(n), events[n]) << n;
    }
    EXPECT_EQ(trace->find("bbbbbbbb", 0), 28U);  // the first line of b's has seven
    EXPECT_EQ(trace->find_back("\"event\":\"observed\"", events.size()), events.size() - 2);
}

TEST(File, ThatIsCutOrOverwrittenWhileItIsOpenShowsBlankEventsAndNothingElseBreaks) {
    const Folder folder;
    const std::vector<Event> events = lines_of_many_sizes();
    const std::string path = folder.file("cut", to_text(Header{}, events));
    const Result<Trace> trace = Trace::open_file(path);
    ASSERT_TRUE(trace) << trace.error().doing;
    EXPECT_EQ(trace->event(3), events[3]);
    std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
    EXPECT_EQ(trace->event(events.size() - 1), Event{});
    EXPECT_EQ(trace->event(3), events[3]);
    EXPECT_EQ(trace->line(events.size() - 1), "");
    EXPECT_EQ(trace->find("\"end\"", events.size() - 1), std::nullopt);
    const auto half = std::filesystem::file_size(path);
    std::ofstream(path, std::ios::binary) << std::string(half, '\0');
    EXPECT_EQ(trace->event(events.size() - 1), Event{});
    EXPECT_EQ(trace->event(3), Event{});
}

TEST(File, APipeIsReadWhole) {
    const Folder folder;
    const std::string path = folder.file("pipe");
    ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
    const std::string text = to_text(Header{}, small_run());
    std::thread writer([&] { std::ofstream(path, std::ios::binary) << text; });
    const Result<std::unique_ptr<Bytes>> opened = open_bytes(path);
    writer.join();
    ASSERT_TRUE(opened) << opened.error().doing;
    EXPECT_EQ((*opened)->at(0, text.size() + 1), text);
    EXPECT_EQ(Trace::open(open_bytes(folder.file("plain", text)).value())->size(), small_run().size());
}

TEST(File, ManyThreadsMayReadOneTrace) {
    const Folder folder;
    const std::vector<Event> events = lines_of_many_sizes();
    const Result<Trace> trace = Trace::open_file(folder.file("shared", to_text(Header{}, events)));
    ASSERT_TRUE(trace) << trace.error().doing;
    std::vector<std::thread> readers;
    std::atomic<int> wrong{0};
    for (std::size_t reader = 0; reader < 4; ++reader) {
        readers.emplace_back([&, reader] {
            for (std::size_t i = 0; i < 500; ++i) {
                const std::size_t n = (i * 131 + reader * 211) % events.size();
                wrong += trace->event(n) == events[n] ? 0 : 1;
            }
        });
    }
    for (std::thread& reader : readers) {
        reader.join();
    }
    EXPECT_EQ(wrong, 0);
}

TEST(File, OpeningAFileWritesItsIndexBesideItAndMakesAStaleOneAnew) {
    const Folder folder;
    const std::string path = folder.file("run.jsonl");
    std::vector<Event> events = one_of_each();
    for (const std::size_t keep : {events.size(), std::size_t{5}}) {
        events.resize(keep);
        auto lines = StdioLines::create(path).value();
        Writer writer(*lines, Header{});
        for (const Event& event : events) {
            writer.take(event);
        }
        EXPECT_FALSE(writer.failure());
        const Result<Trace> trace = Trace::open_file(path);  // while the writer still has it open
        ASSERT_TRUE(trace) << trace.error().doing;
        EXPECT_EQ(trace->size(), keep);
        EXPECT_TRUE(load_index(*read_file(path + ".idx"), *read_file(path)));
    }
    std::filesystem::remove(path);
    EXPECT_EQ(Trace::open_file(path).error().code, Errc::not_found);
}

TEST(File, AWriterWhoseDiskIsFullRemembersWhyAndStops) {
    struct Full final : LineSink {
        Status line(std::string_view) override {
            return ++lines > 2 ? Status(fail(Errc::io, "no space left on device")) : Status();
        }
        int lines = 0;
    };
    Full full;
    Writer writer(full, Header{});
    for (const Event& event : one_of_each()) {
        writer.take(event);
    }
    ASSERT_TRUE(writer.failure());
    EXPECT_EQ(writer.failure()->doing, "no space left on device");
    EXPECT_EQ(full.lines, 3);
}

TEST(Replay, SpansPhasesAndTextAreFound) {
    const Result<Trace> trace = Trace::open(bytes(to_text(Header{}, small_run())));
    ASSERT_TRUE(trace) << trace.error().doing;
    const auto& spans = trace->index().spans;
    ASSERT_EQ(spans.size(), 6U);
    EXPECT_EQ(trace->title(spans[0]), "run nginx");
    EXPECT_EQ(spans[0].kind, SpanKind::command);
    EXPECT_EQ(trace->title(spans[3]), "mount");
    EXPECT_EQ(spans[3].parent, 2U);
    EXPECT_EQ(spans[3].begin, 3U);
    EXPECT_EQ(spans[3].end, 4U);
    EXPECT_EQ(trace->span_around(4), &spans[3]);
    EXPECT_EQ(trace->span_around(5), &spans[2]);
    EXPECT_EQ(trace->span_around(0), nullptr);
    const auto ranges = trace->phase_ranges();
    ASSERT_GE(ranges.size(), 3U);
    EXPECT_EQ(ranges[1].first, world::Phase::overlay);
    EXPECT_EQ(trace->find("\"mount\"", 0), 3U);
    EXPECT_EQ(trace->find("\"mount\"", 4), std::nullopt);
    EXPECT_EQ(trace->find_back("\"mount\"", 9), 3U);
}

}  // namespace
}  // namespace cutaway::trace
