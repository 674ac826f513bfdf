// SPDX-License-Identifier: Apache-2.0
// Texts from a server: challenges, addresses, waits and ranges.
#include <gtest/gtest.h>

#include "core/registry/blob.h"
#include "core/registry/challenge.h"
#include "core/registry/errors.h"
#include "core/registry/exchange.h"
#include "core/registry/url.h"

namespace cutaway::registry {
namespace {

// "bearer(realm=a,scope=b)" and so on, joined by blanks.
std::string shown(std::string_view header) {
    std::string out;
    for (const Challenge& one : parse_challenges(header)) {
        out += (out.empty() ? "" : " ") + one.scheme + "(" + one.token68;
        for (const world::Pair& pair : one.parameters) {
            out += (out.back() == '(' ? "" : ",") + pair.name + "=" + pair.value;
        }
        out += ")";
    }
    return out;
}

TEST(Challenges, are_read_as_the_rfc_writes_them_and_dropped_from_where_they_are_not_certain) {
    const std::pair<const char*, const char*> cases[] = {
        {"", ""},
        {" , ,", ""},
        {"Basic", "basic()"},
        {"Basic realm=\"simple\"", "basic(realm=simple)"},
        {"Bearer realm=\"https://a/t\",service=\"s\",scope=\"repository:a:pull,push\"",
         "bearer(realm=https://a/t,service=s,scope=repository:a:pull,push)"},
        {"Bearer realm=x , service=y", "bearer(realm=x,service=y)"},
        {"BEARER Realm = \"x\"", "bearer(realm=x)"},
        {"Negotiate, Basic realm=\"x\"", "negotiate() basic(realm=x)"},
        {"Negotiate YWJj==, Basic realm=x", "negotiate(YWJj==) basic(realm=x)"},
        {"Basic realm=\"a\", Bearer realm=\"b\", service=\"c\"", "basic(realm=a) bearer(realm=b,service=c)"},
        {"Newauth realm=\"apps\", type=1, title=\"Login to \\\"apps\\\"\", Basic realm=\"simple\"",
         "newauth(realm=apps,type=1,title=Login to \"apps\") basic(realm=simple)"},
        {"Bearer realm=\"a, Basic realm=\\\"b\\\"\"", "bearer(realm=a, Basic realm=\"b\")"},
        {"Bearer realm=\"never ends", ""},
        {"Bearer realm=\"ends in a backslash\\", ""},
        {"Bearer realm=\"a\",realm=\"b\"", ""},
        {"Bearer realm=\"a\",REALM=\"b\", Basic realm=c", "basic(realm=c)"},
        {"Basic realm=x, Bearer realm=\"a\" junk", "basic(realm=x)"},
        {"\"Bearer\" realm=x", ""},
        {"Bearer realm=", "bearer(realm=)"},
        {"Bearer=x", ""},
    };
    for (const auto& [header, expected] : cases) {
        EXPECT_EQ(shown(header), expected) << header;
    }
}

TEST(Challenges, come_from_every_header_of_that_name) {
    const auto all = challenges_of(
        {{"www-authenticate", "Basic realm=x"}, {"date", "Bearer realm=no"}, {"www-authenticate", "Bearer realm=y"}});
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(parameter(all[1], "realm"), "y");
}

TEST(Addresses, are_put_together_as_they_were_meant) {
    const std::pair<const char*, const char*> cases[] = {
        {"https://a.example", "https://a.example/"}, {"HTTPS://A.Example:443/x?y=1#z", "https://a.example/x?y=1"},
        {"http://a:8080?q", "http://a:8080/?q"},     {"http://[::1]:5000/v2/", "http://[::1]:5000/v2/"},
        {"http://127.0.0.1/", "http://127.0.0.1/"},
    };
    for (const auto& [given, expected] : cases) {
        const Result<Url> url = parse_url(given);
        ASSERT_TRUE(url) << given;
        EXPECT_EQ(to_text(*url), expected);
    }
}

TEST(Addresses, that_could_mean_two_things_are_refused) {
    for (const char* given : {"",
                              "ftp://a/",
                              "file:///etc/passwd",
                              "//a/",
                              "https://",
                              "https:///x",
                              "https://user@a/",
                              "https://u:p@a/",
                              "https://a b/",
                              "https://a\\@b/",
                              "https://a\r\nX: y/",
                              "https://a:0/",
                              "https://a:65536/",
                              "https://a:/",
                              "https://a:1:2/",
                              "http://0x7f.1/",
                              "http://2130706433/",
                              "http://127.1/",
                              "http://0177.0.0.1/",
                              "http://1.2.3.4.5/",
                              "http://[::1/",
                              "http://[1::2::3]/",
                              "http://[g::]/",
                              "http://[::1%25eth0]/",
                              "http://a..b/",
                              "http://.a/",
                              "http://a/\x7f",
                              "http://\xc3\xa9/"}) {
        EXPECT_FALSE(parse_url(given)) << given;
    }
    EXPECT_FALSE(parse_url("https://a/" + std::string(9000, 'x')));
}

TEST(Addresses, tell_where_they_lead) {
    const std::pair<const char*, Reach> cases[] = {
        {"docker.io", Reach::outside},
        {"8.8.8.8", Reach::outside},
        {"172.32.0.1", Reach::outside},
        {"[2001:db8::1]", Reach::outside},
        {"localhost", Reach::loopback},
        {"LOCALHOST.", Reach::loopback},
        {"a.localhost", Reach::loopback},
        {"127.0.0.1", Reach::loopback},
        {"127.9.9.9", Reach::loopback},
        {"0.0.0.0", Reach::loopback},
        {"[::1]", Reach::loopback},
        {"[::]", Reach::loopback},
        {"[::ffff:127.0.0.1]", Reach::loopback},
        {"[::ffff:7f00:1]", Reach::loopback},
        {"10.1.2.3", Reach::inside},
        {"172.16.0.1", Reach::inside},
        {"192.168.1.1", Reach::inside},
        {"169.254.169.254", Reach::inside},
        {"100.64.0.1", Reach::inside},
        {"[fe80::1]", Reach::inside},
        {"[fd00::1]", Reach::inside},
        {"[::ffff:10.0.0.1]", Reach::inside},
        {"[64:ff9b::a00:1]", Reach::inside},
        {"notlocalhost", Reach::outside},
    };
    for (const auto& [host, expected] : cases) {
        EXPECT_EQ(reach_of(host), expected) << host;
    }
}

TEST(Addresses, that_are_relative_start_where_the_answer_came_from) {
    const Url base = parse_url("https://a:5000/v2/x/blobs/1?q=1").value();
    const std::pair<const char*, const char*> cases[] = {
        {"https://b/y", "https://b/y"},
        {"//b/y", "https://b/y"},
        {"/y?z", "https://a:5000/y?z"},
        {"2", "https://a:5000/v2/x/blobs/2"},
        {"../up", "https://a:5000/v2/x/up"},
        {"../../../../../etc", "https://a:5000/etc"},
        {"?only=query", "https://a:5000/v2/x/blobs/1?only=query"},
        {"/a/./b/..", "https://a:5000/a/"},
        {"/y#z", "https://a:5000/y"},
        {"/y?u=http://c/..", "https://a:5000/y?u=http://c/.."},
    };
    for (const auto& [location, expected] : cases) {
        const Result<Url> url = resolve_location(base, location);
        ASSERT_TRUE(url) << location;
        EXPECT_EQ(to_text(*url), expected) << location;
    }
    for (const char* location : {"", "javascript:alert(1)", "file:/x", "/a b", "http:b"}) {
        EXPECT_FALSE(resolve_location(base, location)) << location;
    }
}

TEST(Waits, are_what_the_server_asks_for_or_double_up_to_a_minute) {
    constexpr std::int64_t second = 1'000'000'000;
    constexpr std::int64_t now = 784111777 * second;  // Sun, 06 Nov 1994 08:49:37 GMT
    const RetryPolicy policy;
    struct Case {
        int attempt;
        const char* retry_after;
        std::int64_t seconds;  // -1: too long
    };
    for (const Case& one : {Case{1, "", 2}, Case{2, "", 4}, Case{5, "", 32}, Case{6, "", 60}, Case{60, "", 60},
                            Case{1, "0", 0}, Case{1, "60", 60}, Case{1, "61", -1}, Case{1, "99999999999999999999", -1},
                            Case{3, "-5", 8}, Case{3, "soon", 8}, Case{1, "Sun, 06 Nov 1994 08:49:47 GMT", 10},
                            Case{1, "Sun, 06 Nov 1994 08:49:27 GMT", 0}, Case{1, "Sun, 06 Nov 2094 08:49:27 GMT", -1},
                            Case{1, "Sun, 06 Nox 1994 08:49:47 GMT", 2}, Case{1, "Sun, -6 Nov 1994 08:49:47 GMT", 2}}) {
        const Result<std::int64_t> wait = wait_before(one.attempt, one.retry_after, now, policy);
        EXPECT_EQ(wait ? *wait / second : -1, one.seconds) << one.attempt << " " << one.retry_after;
    }
}

TEST(Ranges, are_the_answer_only_if_they_start_and_end_where_asked) {
    EXPECT_TRUE(continues_at("bytes 5-9/10", 5, 10));
    EXPECT_TRUE(continues_at("bytes 5-9/*", 5, 10));
    for (const char* wrong :
         {"", "bytes 0-9/10", "bytes 5-9/11", "bytes 5-8/10", "bytes 6-9/10", "items 5-9/10", "bytes */10", "bytes 5-9",
          "bytes 5-99999999999999999999/10", "bytes -9/10", "bytes 9/5-10"}) {
        EXPECT_FALSE(continues_at(wrong, 5, 10)) << wrong;
    }
}

TEST(Refusals, are_read_from_whatever_came_and_never_reach_the_terminal_raw) {
    const oci::Reference nginx = oci::parse_reference("nginx").value();
    struct Case {
        int status;
        std::string body;
        std::string text;
    };
    for (const Case& one :
         {Case{404, R"({"errors":[{"code":"NAME_UNKNOWN","message":"no"}]})",
               "repository nginx not found: name unknown: no"},
          Case{404, "<html>", "received unexpected HTTP status: 404: <html>"},
          Case{500, "", "received unexpected HTTP status: 500"}, Case{429, "{}", "toomanyrequests: too many requests"},
          Case{401, R"({"details":"bad"})", "unauthorized: bad"}, Case{400, R"({"errors":[{"code":"X_Y"}]})", "x y"},
          Case{400, R"({"errors":{"code":"X"}})",
               "received unexpected HTTP status: 400: {\"errors\":{\"code\":\"X\"}}"},
          Case{400, "a\x1b[31m\r\nb", "received unexpected HTTP status: 400: a [31m  b"}}) {
        EXPECT_EQ(to_error(read_refusal(one.status, {}, one.body), nginx).doing, one.text);
    }
    EXPECT_LT(to_error(read_refusal(400, {}, std::string(100000, 'x')), nginx).doing.size(), 600U);
}

TEST(Base64, pads_as_the_rfc_says) {
    EXPECT_EQ(base64(""), "");
    EXPECT_EQ(base64("f"), "Zg==");
    EXPECT_EQ(base64("fo"), "Zm8=");
    EXPECT_EQ(base64("foo"), "Zm9v");
    EXPECT_EQ(base64("\xff\xfe\xfd\xfc"), "//79/A==");
}

}  // namespace
}  // namespace cutaway::registry
