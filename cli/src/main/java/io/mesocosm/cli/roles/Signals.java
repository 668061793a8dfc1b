package io.mesocosm.cli.roles;

import java.lang.reflect.Proxy;

/**
 * Listens for signals that the JVM leaves alone. Java has no supported way to; this one is there in
 * every OpenJDK (module jdk.unsupported), and is used by name because the compiler warns of it.
 */
final class Signals {
  private static final System.Logger LOG = System.getLogger(Signals.class.getName());

  private Signals() {}

  /**
   * Runs an action, on a thread of its own, each time that the process gets a signal.
   *
   * @param name without SIG, e.g. {@code USR1}
   */
  @SuppressWarnings("ReferenceEquality") // what a listener without equals of its own is equal to
  static void on(String name, Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object listener =
          Proxy.newProxyInstance(
              Signals.class.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) ->
                  switch (method.getName()) {
                    case "handle" -> {
                      action.run();
                      yield null;
                    }
                    case "equals" -> proxy == arguments[0];
                    case "hashCode" -> System.identityHashCode(proxy);
                    default -> "listener for SIG" + name;
                  });
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), listener);
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "this Java cannot listen for SIG" + name + ", which will end the process at once",
          e);
    }
  }
}
