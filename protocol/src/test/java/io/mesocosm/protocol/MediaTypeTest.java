package io.mesocosm.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class MediaTypeTest {
  @ParameterizedTest
  @EnumSource
  void messagesReadBackAsTheyWere(MediaType type) throws Exception {
    Call call =
        Call.newBuilder()
            .setType(Call.Type.TEARDOWN)
            .setFrameworkId(FrameworkID.newBuilder().setValue("ü😀"))
            .build();
    assertThat(type.decode(type.encode(call), Call.newBuilder()).build()).isEqualTo(call);
    assertThat(MediaType.of(type.contentType())).contains(type);
  }

  // T2
  @ParameterizedTest
  @ValueSource(
      strings = {"application/json; charset=utf-8", "Application/JSON", "", "application/protobuf"})
  void onlyTheExactNamesAreKnown(String contentType) {
    assertThat(MediaType.of(contentType)).isEmpty();
  }
}
