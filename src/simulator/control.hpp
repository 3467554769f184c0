#pragma once
#include "answers.hpp"

namespace orderd::simulator {

/// Requests of one operation.
struct counted {
    long requests = 0, in_flight = 0, peak = 0;
    std::map<int, long> by_status; // 0: the connection ended otherwise
};

/// The control port: what a test or a person sees and switches.
class control_service {
public:
    control_service(settings& s, world& w, const std::map<std::string, counted>& c)
        : settings_(s), world_(w), counts_(c)
    {
    }
    http::answer serve(const http::request&);

private:
    http::answer change_settings(const json::object&);
    http::answer order(const json::object&);
    http::answer add_sites(const json::object&);
    http::answer end_order(const json::object&);
    http::answer ledger() const;
    http::answer counters() const;
    http::answer counters_as_text() const;

    settings& settings_;
    world& world_;
    const std::map<std::string, counted>& counts_;
};

}
