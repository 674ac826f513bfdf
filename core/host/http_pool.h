// SPDX-License-Identifier: Apache-2.0
// The lines that exchanges leave open behind them. A line is given only to whoever asks the same origin by the same proxy
// with the same certificates; what says who asks (the Authorization header) goes with each question and stays in none.
// A line has one user at a time, so nothing of libcurl is used by two threads. Part of the http module, which alone knows
// libcurl.
#pragma once

#include <array>
#include <chrono>
#include <deque>
#include <memory>
#include <mutex>
#include <string>

#include <curl/curl.h>

#include "core/host/http_route.h"

namespace cutaway::host {

std::string line_name(std::string_view url, const HttpRoute& route);  // equal: a line may be used again

class HttpPool {
public:
    struct CloseMulti {
        void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
    };
    using Line = std::unique_ptr<CURLM, CloseMulti>;  // with one connection at most; null: out of memory

    HttpPool();
    HttpPool(const HttpPool&) = delete;
    HttpPool& operator=(const HttpPool&) = delete;

    Line take(const std::string& name);
    void give_back(const std::string& name, Line line);
    CURLSH* shared() { return shared_.get(); }  // names and TLS sessions; locked inside

private:
    struct CloseShare {
        void operator()(CURLSH* share) const { curl_share_cleanup(share); }
    };
    struct Idle {
        std::string name;
        Line line;
        std::chrono::steady_clock::time_point since;
    };
    static void lock(CURL* easy, curl_lock_data data, curl_lock_access access, void* self);
    static void unlock(CURL* easy, curl_lock_data data, void* self);
    void drop_old();

    std::array<std::mutex, CURL_LOCK_DATA_LAST> locks_;
    std::unique_ptr<CURLSH, CloseShare> shared_;
    std::mutex mutex_;
    std::deque<Idle> idle_;  // the longest idle first
};

}  // namespace cutaway::host
