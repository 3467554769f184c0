#include "orderd/store/database_notice.hpp"
#include "orderd/store/errors.hpp"

namespace orderd::store {

database_notice::database_notice(logger& log, const std::string& duty, const std::string& otherwise)
    : database_(log, "the database"),
      refused_(log, {duty, std::string(refused_by_the_database)}, "is not refused any more"),
      fails_(log, {duty, "fails"}, "works again"),
      away_(log, {duty, otherwise}, otherwise == "is away" ? "is back" : "works again"),
      waits_(log, {"taking rows in", "waits for another daemon"}, "goes on")
{
}

void database_notice::failed(const std::exception_ptr& error)
{
    try {
        std::rethrow_exception(error);
    } catch (const unavailable& e) {
        database_.failed(e.what());
        return;
    } catch (const waits_for_another& e) {
        database_.recovered();
        waits_.failed(e.what());
    } catch (const statement_failed& e) {
        database_.recovered();
        if (!e.locked()) refused_.failed(e.what());
    } catch (const std::exception& e) {
        fails_.failed(e.what());
    }
}

void database_notice::failed(const std::string& why)
{
    for (auto* notice : {&database_, &refused_, &fails_}) notice->recovered();
    away_.failed(why);
}

void database_notice::recovered()
{
    for (auto* notice : {&database_, &refused_, &fails_, &away_, &waits_}) notice->recovered();
}

boost::asio::awaitable<bool> attempt(database_notice& notice,
                                     const std::function<boost::asio::awaitable<std::string>()>& work)
{
    std::string why;
    std::exception_ptr error;
    try {
        why = co_await work();
    } catch (const std::exception&) {
        error = std::current_exception();
    }
    if (error)
        notice.failed(error);
    else if (!why.empty())
        notice.failed(why);
    else
        notice.recovered();
    co_return !error && why.empty();
}

}
