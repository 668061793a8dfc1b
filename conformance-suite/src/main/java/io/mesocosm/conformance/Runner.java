package io.mesocosm.conformance;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Runs rows: those that hold offers one after another, the others beside them up to a limit, those
 * that disturb the cluster alone at the end.
 */
final class Runner {
  private static final int BESIDE_EACH_OTHER_MAX = 7;

  private final Target.Endpoints endpoints;
  private final Duration limit;
  private final Consumer<Verdict> listener;

  Runner(Target.Endpoints endpoints, Duration limit, Consumer<Verdict> listener) {
    this.endpoints = endpoints;
    this.limit = limit;
    this.listener = listener;
  }

  /** The verdicts in the order of the rows. */
  List<Verdict> run(List<Row> rows) {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        ExecutorService lane = Executors.newSingleThreadExecutor(Thread.ofVirtual().factory())) {
      Semaphore slots = new Semaphore(BESIDE_EACH_OTHER_MAX, true);
      CompletableFuture<Void> others = new CompletableFuture<>();
      List<Future<Verdict>> verdicts = new ArrayList<>();
      List<Future<Verdict>> before = new ArrayList<>();
      ExecutorService alone = Executors.newSingleThreadExecutor(Thread.ofVirtual().factory());
      for (Row row : rows) {
        Future<Verdict> verdict =
            switch (row.lane()) {
              case FREE -> threads.submit(() -> holding(slots, row, threads));
              case HOLDS_OFFERS -> lane.submit(() -> holding(endpoints.offers(), row, threads));
              case ALONE ->
                  alone.submit(() -> {
                    others.join();
                    return verdict(row, threads);
                  });
            };
        verdicts.add(verdict);
        if (row.lane() != Row.Lane.ALONE) {
          before.add(verdict);
        }
      }
      before.forEach(Runner::join);
      others.complete(null);
      List<Verdict> all = verdicts.stream().map(Runner::join).toList();
      alone.close();
      return all;
    }
  }

  private Verdict holding(Semaphore permit, Row row, ExecutorService threads) {
    permit.acquireUninterruptibly();
    try {
      return verdict(row, threads);
    } finally {
      permit.release();
    }
  }

  private Verdict verdict(Row row, ExecutorService threads) {
    Verdict verdict =
        row.test()
            .map(test -> tried(row, test, threads))
            .orElseGet(() -> new Verdict(row, Verdict.Result.NOT_OBSERVABLE, row.why()));
    listener.accept(verdict);
    return verdict;
  }

  private static final String NOT_OBSERVABLE = "\0";

  private Verdict tried(Row row, RowTest test, ExecutorService threads) {
    Future<String> failure = threads.submit(() -> failure(row, test));
    try {
      String detail = failure.get(limit.toSeconds(), TimeUnit.SECONDS);
      if (detail.startsWith(NOT_OBSERVABLE)) {
        return new Verdict(
            row, Verdict.Result.NOT_OBSERVABLE, detail.substring(NOT_OBSERVABLE.length()));
      }
      return new Verdict(
          row, detail.isEmpty() ? Verdict.Result.PASSED : Verdict.Result.FAILED, detail);
    } catch (TimeoutException e) {
      failure.cancel(true);
      return new Verdict(row, Verdict.Result.FAILED, "no end within " + limit.toSeconds() + " s");
    } catch (InterruptedException | ExecutionException e) {
      return new Verdict(row, Verdict.Result.FAILED, e.toString());
    }
  }

  private String failure(Row row, RowTest test) {
    try (Target target = new Target(endpoints, row.lane() != Row.Lane.FREE)) {
      test.run(target);
      return "";
    } catch (NotObservable e) {
      return NOT_OBSERVABLE + e.getMessage();
    } catch (Mismatch e) {
      return String.valueOf(e.getMessage());
    } catch (Exception | AssertionError e) {
      StackTraceElement[] trace = e.getStackTrace();
      return e + (trace.length == 0 ? "" : " at " + trace[0]);
    }
  }

  private static Verdict join(Future<Verdict> verdict) {
    try {
      return verdict.get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException("a test's thread failed outside of the test", e);
    }
  }
}
