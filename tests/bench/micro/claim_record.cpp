#include "micro.hpp"
#include "orderd/store/orders.hpp"

#include <pqxx/pqxx>

#include <stdexcept>

namespace orderd::bench {
namespace {

/// "{...}" of COPY-safe words.
class plain_array {
public:
    void add(const std::string& word) { text_ += (text_.size() > 1 ? "," : "") + word; }
    std::string text() const { return text_ + "}"; }

private:
    std::string text_ = "{";
};

std::string code_of(std::int64_t id) { return "A" + std::to_string(4'000'000'000'000 + id); }

}

void claim_and_record(const arguments& given)
{
    auto session = store::open_session(given.at(0), store::planning::by_index);
    auto count = std::stoll(given.at(1));
    int group = std::stoi(given.at(2));
    auto self = store::register_instance(*session, "bench");
    store::claim_cursor from;
    stopwatch since;
    for (std::int64_t done = 0; done < count;) {
        auto claimed = store::claim_orders(*session, self, group, false, std::chrono::minutes(2), from).taken;
        if (claimed.empty()) throw std::runtime_error("there are fewer orders than " + given.at(1));
        std::vector<store::order_move> moves;
        for (const auto& order : claimed) {
            store::order_move move;
            move.id = order.id;
            move.revision = order.revision;
            move.from = order_state::submitting;
            move.event = order_event::accepted_by_provider;
            move.http_status = 201;
            move.code = {code_of(order.id.value)};
            move.provider_status = "1";
            moves.push_back(std::move(move));
        }
        if (store::move_orders(*session, moves, self).size() != moves.size())
            throw std::runtime_error("not all orders moved");
        done += static_cast<std::int64_t>(moves.size());
    }
    since.tell(count);
    store::say_goodbye(*session, self);
}

void bare_claim_and_record(const arguments& given)
{
    pqxx::connection connection(given.at(0));
    auto count = std::stoll(given.at(1));
    {
        pqxx::work make(connection);
        make.exec("create table bare (id bigint generated always as identity primary key, key text not null unique, "
                  "state text not "
                  "null default 'ready', body jsonb not null, code text, tries int not null default 0, changed "
                  "timestamptz not null default now());"
                  "create index on bare (id) where state = 'ready'");
        make.exec(
            "insert into bare (key, body) select 'K' || n, jsonb_build_object('orderType', '1', 'startOrderPostData', "
            "jsonb_build_object('customerSiteName', '東京第' || n || '店', 'lineId', 'CAF' || 1000000000 + n, "
            "'lineAccessKey', "
            "'a1b2c3d4', 'products', jsonb_build_array(jsonb_build_object('productCode', '1-1-1-1-1')))) from "
            "generate_series(1, " +
            std::to_string(count) + ") n");
        make.commit();
    }
    pqxx::nontransaction on(connection);
    on.exec("vacuum analyze bare");
    connection.prepare("claim",
                       "update bare set state = 'submitting', tries = tries + 1 where id in (select id from bare where "
                       "state = 'ready' order by id limit $1 for update skip locked) returning id, body");
    connection.prepare(
        "record",
        "update bare set state = 'accepted', code = t.code, changed = now() from unnest($1::bigint[], $2::text[]) as t "
        "(id, code) where bare.id = t.id");
    stopwatch since;
    for (std::int64_t done = 0; done < count;) {
        auto claimed = on.exec_prepared("claim", std::stoi(given.at(2)));
        if (claimed.empty()) throw std::runtime_error("there are fewer orders than " + given.at(1));
        plain_array ids, codes;
        for (const auto& row : claimed) {
            ids.add(row[0].c_str());
            codes.add(code_of(row[0].as<std::int64_t>()));
        }
        on.exec_prepared("record", ids.text(), codes.text());
        done += static_cast<std::int64_t>(claimed.size());
    }
    since.tell(count);
}

}
