#include "orderd/store/products.hpp"
#include "orderd/tracking/tracker.hpp"

namespace orderd::tracking {

catalogue_reader::catalogue_reader(asio::any_io_executor on, store::database& db, provider::api& api,
                                   std::chrono::milliseconds interval, logger& log)
    : database_(db), api_(api), interval_(interval), log_(log), outage_(log, "the product catalogue"), tick_(on)
{
}

void catalogue_reader::stop()
{
    stopping_ = true;
    tick_.notify();
}

asio::awaitable<void> catalogue_reader::run()
{
    while (!stopping_) {
        std::string failed;
        auto products = co_await api_.list_products();
        if (!products)
            failed = provider::summary(products.error());
        else if (products->empty())
            failed = "the provider lists no product for this customer; check the contract with it";
        else {
            try {
                auto all = *products;
                auto save = [all](store::session& s) {
                    store::save_catalogue(s, all);
                    return true;
                };
                co_await database_.run(save);
                if (products_ != all.size()) log_.info("product catalogue read", {{"products", all.size()}});
                products_ = all.size();
                if (read_) read_();
            } catch (const std::exception& e) {
                failed = e.what();
            }
        }
        if (failed.empty())
            outage_.recovered();
        else
            outage_.failed(failed);
        // A failed reading is repeated soon: rows may wait for it.
        co_await tick_.wait_for(
            failed.empty() ? interval_ : std::min<std::chrono::milliseconds>(interval_, std::chrono::seconds(5)));
    }
}

}
