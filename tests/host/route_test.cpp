// SPDX-License-Identifier: Apache-2.0
// Which proxy carries an exchange: docker's rules, which are Go's.
#include <map>

#include <gtest/gtest.h>

#include "core/host/http_route.h"

namespace cutaway::host {
namespace {

Environment with(std::map<std::string, std::string> set) {
    return [set = std::move(set)](const char* name) {
        const auto found = set.find(name);
        return found == set.end() ? std::string() : found->second;
    };
}

TEST(Route, TheProxyIsTheOneOfTheSchemeInEitherCase) {
    const auto both = with({{"HTTP_PROXY", "http://a:1"}, {"https_proxy", "b:2"}});
    EXPECT_EQ(proxy_for("http://r.example/v2/", both), "http://a:1");
    EXPECT_EQ(proxy_for("https://r.example/v2/", both), "http://b:2") << "a bare name is an http proxy's";
    EXPECT_EQ(proxy_for("https://r.example/", with({{"HTTP_PROXY", "http://a:1"}})), "");
    EXPECT_EQ(proxy_for("https://r.example/", with({{"HTTPS_PROXY", "u"}, {"https_proxy", "l"}})), "http://u");
    EXPECT_EQ(proxy_for("http://r.example/", with({{"ALL_PROXY", "http://a:1"}})), "") << "docker does not know it";
    EXPECT_EQ(proxy_for("https://r.example/", with({{"HTTPS_PROXY", "socks5://s:9"}})), "socks5://s:9");
    EXPECT_EQ(proxy_for("http://r.example/", with({{"HTTP_PROXY", "http://evil"}, {"REQUEST_METHOD", "GET"}})), "")
        << "a CGI program's HTTP_PROXY is a stranger's header";
}

TEST(Route, ThisMachineIsNeverAskedThroughAProxy) {
    const auto set = with({{"HTTP_PROXY", "http://a:1"}, {"HTTPS_PROXY", "http://a:1"}});
    for (const char* url :
         {"http://localhost:5000/", "http://127.0.0.1/", "https://127.9.9.9:5000/", "http://[::1]:5000/"}) {
        EXPECT_EQ(proxy_for(url, set), "") << url;
    }
    EXPECT_EQ(proxy_for("http://localhost.example/", set), "http://a:1");
}

TEST(Route, NoProxySparesWhatItNames) {
    struct Case {
        const char* list;
        const char* url;
        bool spared;
    };
    const Case cases[] = {
        {"*", "https://r.example/", true},
        {"r.example", "https://r.example/", true},
        {"R.Example", "https://r.example/", true},
        {"r.example", "https://below.r.example/", true},
        {"r.example", "https://nor.example/", false},
        {".r.example", "https://below.r.example/", true},
        {".r.example", "https://r.example/", false},
        {"*.r.example", "https://below.r.example/", true},
        {"*.r.example", "https://r.example/", false},
        {"r.example:5000", "https://r.example:5000/", true},
        {"r.example:5000", "https://r.example/", false},
        {"r.example:443", "https://r.example/", true},
        {"x, r.example ,y", "https://r.example/", true},
        {"10.1.0.0/16", "http://10.1.2.3:5000/", true},
        {"10.1.0.0/16", "http://10.2.2.3:5000/", false},
        {"10.1.0.0/16", "http://r.example/", false},
        {"10.1.2.3", "http://10.1.2.3:5000/", true},
        {"0.1.2.3", "http://10.1.2.3:5000/", false},
        {"fd00::/8", "http://[fd12::1]:5000/", true},
        {"fd00::/8", "http://[fe80::1]/", false},
        {"10.1.0.0/99, /, :, ,,", "http://10.1.2.3/", false},
        {"", "http://10.1.2.3/", false},
    };
    for (const Case& one : cases) {
        const auto set = with({{"HTTP_PROXY", "http://a:1"}, {"HTTPS_PROXY", "http://a:1"}, {"no_proxy", one.list}});
        EXPECT_EQ(proxy_for(one.url, set).empty(), one.spared) << one.list << " and " << one.url;
    }
}

TEST(Route, AProxyIsNamedWithoutItsPassword) {
    EXPECT_EQ(without_password("http://ada:lace@proxy.example:3128/x"), "http://proxy.example:3128");
    EXPECT_EQ(without_password("http://ada:l@ce@proxy.example"), "http://proxy.example");
    EXPECT_EQ(without_password("socks5://proxy.example"), "socks5://proxy.example");
    EXPECT_EQ(authority_of("https://r.example:5000/v2/x?y"), "r.example:5000");
}

}  // namespace
}  // namespace cutaway::host
