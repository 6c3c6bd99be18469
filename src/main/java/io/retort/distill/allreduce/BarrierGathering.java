package io.retort.distill.allreduce;

import io.retort.distill.allreduce.AllReduce.GangFailedException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.RequestMethod;
import org.apache.spark.RequestToSync;
import org.apache.spark.SparkEnv;
import org.apache.spark.rpc.RpcEndpointRef;
import org.apache.spark.rpc.RpcTimeout;
import org.apache.spark.util.RpcUtils;
import scala.concurrent.Await;
import scala.concurrent.Future;
import scala.concurrent.duration.FiniteDuration;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * Gives every task of a barrier stage the texts of all, as {@link BarrierTaskContext#allGather} does, and by the same
 * coordinator in Spark's driver.
 *
 * <p>Spark's own method looks for its answer once a second only, so each call takes a second, which is as long as
 * hundreds of steps. The coordinator counts the calls of a stage: a task that uses this class must not call
 * {@code barrier} or {@code allGather} of its context.
 */
final class BarrierGathering {
    private static final ClassTag<String[]> TEXTS = ClassTag$.MODULE$.apply(String[].class);

    private final BarrierTaskContext context;
    private final Duration patience;
    private final Runnable watch;
    private int calls;

    /** @param watch is run about every second while the task waits, and may throw to end that */
    BarrierGathering(BarrierTaskContext context, Duration patience, Runnable watch) {
        this.context = context;
        this.patience = patience;
        this.watch = watch;
    }

    /** In the order of the tasks. */
    List<String> texts(String own) {
        SparkEnv spark = SparkEnv.get();
        RpcEndpointRef coordinator = RpcUtils.makeDriverRef("barrierSync", spark.conf(), spark.rpcEnv());
        RequestToSync request = new RequestToSync(
                context.numPartitions(),
                context.stageId(),
                context.stageAttemptNumber(),
                context.taskAttemptId(),
                calls++,
                context.partitionId(),
                own,
                RequestMethod.ALL_GATHER());
        RpcTimeout timeout = new RpcTimeout(
                FiniteDuration.apply(patience.toMillis(), TimeUnit.MILLISECONDS), "the patience of a gang");
        return List.of(await(coordinator.ask(request, timeout, TEXTS)));
    }

    private String[] await(Future<String[]> answer) {
        while (true) {
            try {
                return Await.result(answer, FiniteDuration.apply(1, TimeUnit.SECONDS));
            } catch (TimeoutException e) {
                if (answer.isCompleted()) {
                    throw new GangFailedException(
                            "not all ranks have met after " + patience.toSeconds() + " s", e, true);
                }
                watch.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while meeting the other ranks", e);
            } catch (Exception e) {
                throw new GangFailedException("cannot meet the other ranks: " + e.getMessage(), e, false);
            }
        }
    }
}
