package io.retort.distill.allreduce;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.spark.SecurityManager;
import org.apache.spark.SparkConf;
import org.apache.spark.network.TransportContext;
import org.apache.spark.network.client.RpcResponseCallback;
import org.apache.spark.network.client.TransportClient;
import org.apache.spark.network.client.TransportClientBootstrap;
import org.apache.spark.network.client.TransportClientFactory;
import org.apache.spark.network.crypto.AuthClientBootstrap;
import org.apache.spark.network.crypto.AuthServerBootstrap;
import org.apache.spark.network.server.OneForOneStreamManager;
import org.apache.spark.network.server.RpcHandler;
import org.apache.spark.network.server.StreamManager;
import org.apache.spark.network.server.TransportServer;
import org.apache.spark.network.server.TransportServerBootstrap;
import org.apache.spark.network.util.MapConfigProvider;
import org.apache.spark.network.util.TransportConf;
import scala.Tuple2;

/**
 * Carries messages between the JVMs of a gang, which are numbered. Nothing of it waits, but for connecting and closing.
 *
 * <p>It is Spark's own transport, by which blocks of shuffles travel too, with the cluster's settings of
 * authentication and encryption ({@code spark.authenticate}, {@code spark.network.crypto.*}). Its module is
 * {@code retort}, so {@code spark.retort.io.*} has the settings that {@code spark.shuffle.io.*} has for shuffles.
 */
final class Wire implements AutoCloseable {
    /** Receives messages; from several threads, but the messages of one sender one after the other. */
    interface Receiver {
        /**
         * Takes a message, which is the caller's again afterwards.
         *
         * @param answer waits for an answer, now or later, if the sender asked
         * @return who sent it
         * @throws IllegalArgumentException if the message is of another gang; the sender receives the error, and
         *     nothing else happens
         */
        int received(ByteBuffer message, RpcResponseCallback answer);

        /** The sender of an earlier message has closed its connection, or lost it. */
        void disconnected(int sender);
    }

    private static final String MODULE = "retort";
    private static final String THREADS = "2";

    private final SparkConf conf;
    private final SecurityManager security;
    private final String host;
    private final TransportConf transport;
    private final Map<TransportClient, Integer> senders = new ConcurrentHashMap<>();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private int port;
    private TransportClientFactory factory;
    private volatile Map<Integer, TransportClient> clients = Map.of();

    /**
     * @param host this machine's name or address, as other executors know it
     * @param patience how long an answer may take
     */
    Wire(SparkConf conf, SecurityManager security, String host, Duration patience) {
        this.conf = conf;
        this.security = security;
        this.host = host;
        // Spark takes a connection that has waited for longer for dead.
        String timeout = Math.min(patience.toSeconds() + 60, 1_000_000) + "s";
        SparkConf own = conf.clone()
                .setIfMissing("spark." + MODULE + ".io.connectionTimeout", timeout)
                .setIfMissing("spark." + MODULE + ".io.connectionCreationTimeout", "30s");
        transport = new TransportConf(MODULE, new MapConfigProvider(settings(own)));
    }

    private static Map<String, String> settings(SparkConf conf) {
        String io = "spark." + MODULE + ".io.";
        conf.setIfMissing(io + "serverThreads", THREADS).setIfMissing(io + "clientThreads", THREADS);
        return Arrays.stream(conf.getAll()).collect(Collectors.toMap(Tuple2::_1, Tuple2::_2));
    }

    /** Begins to take messages. */
    void open(Receiver receiver) {
        TransportContext context = new TransportContext(transport, new Handler(receiver));
        opened.add(context);
        List<TransportServerBootstrap> server = new ArrayList<>();
        List<TransportClientBootstrap> client = new ArrayList<>();
        if (security.isAuthenticationEnabled()) {
            server.add(new AuthServerBootstrap(transport, security));
            client.add(new AuthClientBootstrap(transport, conf.getAppId(), security));
        }
        factory = context.createClientFactory(client);
        opened.add(factory);
        TransportServer listening = listen(context, server);
        opened.add(listening);
        port = listening.getPort();
    }

    /**
     * Where a firewall leaves some ports open, they are those of the block manager: the first that is free from {@code
     * spark.blockManager.port} on, as Spark itself looks for one.
     */
    private TransportServer listen(TransportContext context, List<TransportServerBootstrap> bootstraps) {
        int first = conf.getInt("spark.blockManager.port", 0);
        int last = first == 0 ? 0 : Math.min(65_535, first + conf.getInt("spark.port.maxRetries", 16));
        for (int at = first; ; at++) {
            try {
                return context.createServer(host, at, bootstraps);
            } catch (Exception e) { // Netty's checked ones, of a port that is taken, come without a word
                if (at >= last || !(e instanceof IOException)) {
                    throw new IllegalStateException("cannot listen on " + host + ":" + at + ": " + e.getMessage(), e);
                }
            }
        }
    }

    /** For {@link #connect} of the others. */
    String address() {
        return host + ":" + port;
    }

    /**
     * Connects this JVM to the others, at the first call.
     *
     * @param addresses of the others, by their numbers
     */
    synchronized void connect(Map<Integer, String> addresses) {
        if (!clients.isEmpty()) {
            return;
        }
        Map<Integer, TransportClient> connected = new HashMap<>();
        addresses.forEach((jvm, address) -> {
            int colon = address.lastIndexOf(':');
            try {
                connected.put(
                        jvm,
                        factory.createClient(
                                address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))));
            } catch (IOException e) {
                throw new UncheckedIOException("the executor at " + address + " cannot be reached", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while connecting to the executor at " + address, e);
            }
        });
        clients = connected;
    }

    /**
     * Sends a message that needs an answer.
     *
     * @param message may not be written to before the answer has come
     * @param answer receives the answer, or the failure, once; the answer's buffer is the caller's again afterwards
     */
    void ask(int jvm, ByteBuffer message, RpcResponseCallback answer) {
        clients.get(jvm).sendRpc(message, answer);
    }

    /** Sends a message that needs no answer; false if there is no connection, or none any more. */
    boolean tell(int jvm, ByteBuffer message) {
        Optional<TransportClient> client = Optional.ofNullable(clients.get(jvm)).filter(TransportClient::isActive);
        client.ifPresent(connected -> connected.send(message));
        return client.isPresent();
    }

    /** The threads end by themselves some two seconds later. */
    @Override
    public void close() {
        for (int i = opened.size() - 1; i >= 0; i--) {
            try {
                opened.get(i).close();
            } catch (Exception e) {
                throw new IllegalStateException("cannot close the connections between executors", e);
            }
        }
    }

    private final class Handler extends RpcHandler {
        private final StreamManager none = new OneForOneStreamManager();
        private final Receiver receiver;

        private Handler(Receiver receiver) {
            this.receiver = receiver;
        }

        @Override
        public void receive(TransportClient from, ByteBuffer message, RpcResponseCallback callback) {
            int sender = receiver.received(message, callback);
            senders.put(from, sender);
        }

        @Override
        public void channelInactive(TransportClient from) {
            Integer sender = senders.remove(from);
            if (sender != null) {
                receiver.disconnected(sender);
            }
        }

        @Override
        public StreamManager getStreamManager() {
            return none;
        }
    }
}
