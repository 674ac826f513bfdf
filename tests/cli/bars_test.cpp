// SPDX-License-Identifier: Apache-2.0
// A pull's bars on a screen of a few lines: what stands where, and where the cursor is.
#include "core/cli/bars.h"

#include <gtest/gtest.h>

namespace cutaway::cli {
namespace {

// What a terminal makes of lines, ESC[nA, ESC[nB, ESC[2K and returns; lines that are too long wrap.
class Screen {
public:
    Screen(std::uint16_t rows, std::uint16_t columns) : size{rows, columns}, lines_(1) {}
    void put(std::string_view text) {
        while (!text.empty()) {
            const char c = text.front();
            text.remove_prefix(1);
            if (c == '\n') {
                next_line();
                column_ = 0;
            } else if (c == '\r') {
                column_ = 0;
            } else if (c == '\x1b') {
                text.remove_prefix(escape(text));
            } else {
                type(c);
            }
        }
    }
    [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; }
    [[nodiscard]] bool is_at_free_line() const {
        return row_ + 1 == lines_.size() && column_ == 0 && lines_[row_].empty();
    }
    engine::TerminalSize size;

private:
    void next_line() {
        ++row_;
        if (row_ == lines_.size()) {
            lines_.emplace_back();
        }
    }
    void type(char c) {
        if (column_ == size.columns) {
            next_line();
            column_ = 0;
        }
        std::string& line = lines_[row_];
        line.resize(std::max(line.size(), column_ + 1), ' ');
        line[column_++] = c;
    }
    std::size_t escape(std::string_view text) {
        const std::size_t end = text.find_first_of("ABK");
        const std::string_view number = text.substr(1, end - 1);
        const std::size_t count = std::stoul(std::string(number));
        const std::size_t top = lines_.size() > size.rows ? lines_.size() - size.rows : 0;
        if (text[end] == 'A') {
            row_ = row_ > top + count ? row_ - count : top;  // no cursor leaves the screen
        } else if (text[end] == 'B') {
            row_ = std::min(row_ + count, lines_.size() - 1);
        } else {
            EXPECT_EQ(count, 2U);
            lines_[row_].clear();
        }
        return end + 1;
    }

    std::vector<std::string> lines_;
    std::size_t row_ = 0;
    std::size_t column_ = 0;
};

class BarsOnScreen : public ::testing::Test {
protected:
    void expect(const std::vector<std::string>& lines) {
        std::vector<std::string> wanted = lines;
        wanted.emplace_back();
        EXPECT_EQ(screen_.lines(), wanted);
        EXPECT_TRUE(screen_.is_at_free_line());
    }
    Screen screen_{8, 120};
    Bars bars_{[this](std::string_view text) {
                   screen_.put(text);
                   EXPECT_TRUE(screen_.is_at_free_line()) << "a program that ends now leaves the cursor elsewhere";
               },
               [this] { return std::optional<engine::TerminalSize>(screen_.size); }};
};

TEST_F(BarsOnScreen, EachLayerHasALineThatIsWrittenAgain) {
    bars_.say("1: Pulling from library/two");
    bars_.layer("aaaaaaaaaaaa", "Pulling fs layer");
    bars_.layer("bbbbbbbbbbbb", "Pulling fs layer");
    bars_.progress({"aaaaaaaaaaaa", "Downloading", 10'500'000, 21'000'000});
    bars_.progress({"bbbbbbbbbbbb", "Extracting", 1'000, 1'000});
    expect({"1: Pulling from library/two",
            "aaaaaaaaaaaa: Downloading [" + std::string(25, '=') + ">" + std::string(25, ' ') + "]   10.5MB/21MB",
            "bbbbbbbbbbbb: Extracting [" + std::string(50, '=') + ">]      1kB/1kB"});
    bars_.layer("aaaaaaaaaaaa", "Pull complete");
    bars_.say("Digest: sha256:…");
    bars_.layer("aaaaaaaaaaaa", "again");
    expect({"1: Pulling from library/two", "aaaaaaaaaaaa: Pull complete",
            "bbbbbbbbbbbb: Extracting [" + std::string(50, '=') + ">]      1kB/1kB", "Digest: sha256:…",
            "aaaaaaaaaaaa: again"});
}

TEST_F(BarsOnScreen, ANarrowTerminalHasNumbersAndNoBarAndNeverWraps) {
    for (const std::uint16_t columns : std::initializer_list<std::uint16_t>{110, 80, 40, 20, 13, 2, 1}) {
        Screen narrow(8, columns);
        Bars bars([&narrow](std::string_view text) { narrow.put(text); },
                  [&narrow] { return std::optional<engine::TerminalSize>(narrow.size); });
        bars.layer("aaaaaaaaaaaa", "Pulling fs layer");
        bars.layer("bbbbbbbbbbbb", "Pulling fs layer");
        bars.progress({"aaaaaaaaaaaa", "Downloading", 10'500'000, 21'000'000});
        ASSERT_EQ(narrow.lines().size(), 3U) << columns;
        const std::string whole = "aaaaaaaaaaaa: Downloading   10.5MB/21MB";
        EXPECT_EQ(narrow.lines()[0], whole.substr(0, columns > 1 ? columns - 1U : 1U)) << columns;
        EXPECT_TRUE(narrow.is_at_free_line()) << columns;
    }
}

TEST_F(BarsOnScreen, ALineThatHasScrolledAwayStaysAsItIs) {
    for (int i = 0; i < 9; ++i) {
        bars_.layer("layer" + std::to_string(i), "Waiting");
    }
    bars_.layer("layer1", "Pull complete");  // above the screen by now
    bars_.layer("layer2", "Pull complete");
    EXPECT_EQ(screen_.lines()[1], "layer1: Waiting");
    EXPECT_EQ(screen_.lines()[2], "layer2: Pull complete");
    EXPECT_EQ(screen_.lines()[3], "layer3: Waiting");
}

TEST_F(BarsOnScreen, ATerminalThatIsMadeNarrowerIsAskedAgain) {
    bars_.layer("aaaaaaaaaaaa", "Pulling fs layer");
    screen_.size.columns = 20;
    bars_.layer("aaaaaaaaaaaa", "Pull complete and more");
    EXPECT_EQ(screen_.lines()[0], "aaaaaaaaaaaa: Pull ");
}

class OnScreen final : public Console {
public:
    explicit OnScreen(bool terminal) : terminal_(terminal) {}
    void out(std::string_view bytes) override { text += bytes; }
    void err(std::string_view bytes) override { text += "!" + std::string(bytes); }
    [[nodiscard]] std::optional<engine::TerminalSize> screen(engine::Stream stream) const override {
        return terminal_ && stream == engine::Stream::out ? std::optional<engine::TerminalSize>({24, 80})
                                                          : std::nullopt;
    }
    std::string text;

private:
    bool terminal_;
};

TEST(LayerLines, OnATerminalBarsElsewhereLinesAndNothingWhenQuiet) {
    struct Case {
        bool terminal;
        bool quiet;
        const char* text;
    };
    for (const Case& one : {Case{true, false, "a: x\n\x1b[1A\r\x1b[2Ka: y      1kB/2kB\r\x1b[1Bend\n"},
                            Case{false, false, "a: x\nend\n"}, Case{true, true, ""}, Case{false, true, ""}}) {
        OnScreen console(one.terminal);
        LayerOutput output(console, one.quiet);
        output.layer("a", "x");
        output.progress({"a", "y", 1000, 2000});
        output.say("end");
        EXPECT_EQ(console.text, one.text) << one.terminal << one.quiet;
    }
}

}  // namespace
}  // namespace cutaway::cli
