#pragma once
#include <pqxx/pqxx>
#include <stop_token>

namespace orderd::store {

/// Waits until no other batch is written, and keeps others from writing one until the transaction ends. Each wait is
/// short: throws `stopped` soon after `stopping` was asked for. Only who may change orderd.setting can keep it waiting.
void wait_for_intake_turn(pqxx::work&, const std::stop_token& stopping);

}
