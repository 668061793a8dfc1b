package io.mesocosm.services.instance;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.services.app.AppId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InstanceIdTest {
  private static final String UUID = "01234567-89ab-4cde-8f01-23456789abcd";
  private static final InstanceId ID = new InstanceId(new AppId("/shop/web-1.x"), UUID);

  @Test
  void idsOfTasksAreReadBack() {
    assertThat(ID.toString()).isEqualTo("shop_web-1.x.instance-" + UUID);
    assertThat(InstanceId.parse(ID.toString())).contains(ID);
    assertThat(InstanceId.parse(ID.taskId(1))).contains(ID);
    assertThat(InstanceId.parse(ID.taskId("Side-car_2", 17))).contains(ID);
    assertThat(InstanceId.parse(ID + ".name")).contains(ID);
  }

  @Test
  void appsAndContainersMayBeNamedLikeInstances() {
    InstanceId odd = new InstanceId(new AppId("/a.instance-" + UUID), UUID);
    assertThat(InstanceId.parse(odd.taskId(3))).contains(odd);
    assertThat(InstanceId.parse(ID.taskId("instance-" + UUID, 3))).contains(odd(ID));
    assertThat(InstanceId.parse(ID.taskId("instance-x", 3))).contains(ID);
  }

  /** The later of two readings counts, as an app's name may hold anything. */
  private static InstanceId odd(InstanceId id) {
    return new InstanceId(new AppId(id.app().path() + ".instance-" + id.uuid()), id.uuid());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".instance-" + UUID,
        "a.instance-",
        "a-instance-" + UUID,
        "A.instance-" + UUID,
        "a/b.instance-" + UUID,
        "a.instance-01234567-89ab-4cde-8f01-23456789abc",
        "a.instance-01234567-89AB-4cde-8f01-23456789abcd",
        "a.instance-0123456789ab4cde8f0123456789abcd",
        "a.instance-" + UUID + "x",
        "a.instance-" + UUID + ".",
        "a.instance-" + UUID + "._app.",
        "a.instance-" + UUID + "._app.1x",
        "a.instance-" + UUID + "._app.1.2",
        "a.instance-" + UUID + "..1",
        "a.instance-" + UUID + ".b c.1"
      })
  void whatIsOfAnotherShapeIsNotOurs(String text) {
    assertThat(InstanceId.parse(text)).isEmpty();
  }
}
