package io.mesocosm.services.api;

import io.mesocosm.services.ServicesCommand;
import io.mesocosm.services.event.Attachment;
import java.util.function.Consumer;

/** Tells the core which routers listen to events. */
public final class RouterAttachment implements Attachment {
  private final Consumer<ServicesCommand> mailbox;

  /**
   * @param mailbox takes commands for the core; called on the streams' thread
   */
  public RouterAttachment(Consumer<ServicesCommand> mailbox) {
    this.mailbox = mailbox;
  }

  @Override
  public void attached(Listener listener) {
    RoutingRoutes.name(listener.query())
        .ifPresent(name -> mailbox.accept(new ServicesCommand.RouterAttached(name, listener.id())));
  }

  @Override
  public void detached(Listener listener) {
    RoutingRoutes.name(listener.query())
        .ifPresent(name -> mailbox.accept(new ServicesCommand.RouterDetached(name, listener.id())));
  }
}
