#include "orderd/simulator/simulator.hpp"

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <iostream>

int main(int argc, char** argv)
{
    namespace sim = orderd::simulator;
    CLI::App app{"A simulated provider of the IPoE backend API, with faults on demand."};
    std::string config, listen, control;
    app.add_option("--listen", listen, "address:port of the API (default 127.0.0.1:8080; port 0 takes a free one)");
    app.add_option("--control", control,
                   "address:port of the control port: GET /ledger, /counts, /settings; PUT /settings");
    app.add_option("--config", config, "TOML file: listen, control, certificate_file, private_key_file, [settings]");
    CLI11_PARSE(app, argc, argv);
    try {
        sim::options options;
        if (!config.empty()) options = sim::read_options(config, options);
        if (!listen.empty()) options.listen = listen;
        if (!control.empty()) options.control = control;
        boost::asio::io_context loop;
        auto running = sim::start(loop.get_executor(), options);
        boost::asio::signal_set signals(loop, SIGTERM, SIGINT);
        signals.async_wait([&](auto, int) { loop.stop(); });
        std::cout << "api port " << running->port() << "\ncontrol port " << running->control_port() << std::endl;
        loop.run();
        return 0;
    } catch (const std::exception& e) {
        std::cerr << "ipoe-sim: " << e.what() << "\n";
        return 2;
    }
}
