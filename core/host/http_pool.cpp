// SPDX-License-Identifier: Apache-2.0
#include "core/host/http_pool.h"

#include <algorithm>

namespace cutaway::host {

namespace {

constexpr std::size_t most_idle = 8;
constexpr auto longest_idle = std::chrono::seconds(60);  // then most servers have hung up

}  // namespace

std::string line_name(std::string_view url, const HttpRoute& route) {
    const std::size_t scheme = url.find("://");
    std::string name(url.substr(0, scheme == std::string_view::npos ? 0 : scheme));
    const TlsChoice& tls = route.tls;
    for (const std::string& part : {authority_of(url), route.proxy, std::string(tls.verify ? "verify" : ""),
                                    tls.authorities, tls.certificate, tls.key}) {
        name += '\n' + part;
    }
    return name;
}

HttpPool::HttpPool() : shared_(curl_share_init()) {
    curl_share_setopt(shared_.get(), CURLSHOPT_USERDATA, this);
    curl_share_setopt(shared_.get(), CURLSHOPT_LOCKFUNC, &HttpPool::lock);
    curl_share_setopt(shared_.get(), CURLSHOPT_UNLOCKFUNC, &HttpPool::unlock);
    curl_share_setopt(shared_.get(), CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS);
    curl_share_setopt(shared_.get(), CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
}

void HttpPool::lock(CURL*, curl_lock_data data, curl_lock_access, void* self) {
    static_cast<HttpPool*>(self)->locks_.at(data).lock();
}

void HttpPool::unlock(CURL*, curl_lock_data data, void* self) {
    static_cast<HttpPool*>(self)->locks_.at(data).unlock();
}

void HttpPool::drop_old() {
    const auto now = std::chrono::steady_clock::now();
    while (!idle_.empty() && (idle_.size() > most_idle || now - idle_.front().since > longest_idle)) {
        idle_.pop_front();
    }
}

HttpPool::Line HttpPool::take(const std::string& name) {
    const std::lock_guard<std::mutex> lock(mutex_);
    drop_old();
    const auto same = [&name](const Idle& idle) { return idle.name == name; };
    const auto found = std::find_if(idle_.rbegin(), idle_.rend(), same);
    if (found != idle_.rend()) {
        Line line = std::move(found->line);
        idle_.erase(std::next(found).base());
        return line;
    }
    Line line(curl_multi_init());
    curl_multi_setopt(line.get(), CURLMOPT_MAXCONNECTS, 1L);
    return line;
}

void HttpPool::give_back(const std::string& name, Line line) {
    const std::lock_guard<std::mutex> lock(mutex_);
    idle_.push_back({name, std::move(line), std::chrono::steady_clock::now()});
    drop_old();
}

}  // namespace cutaway::host
