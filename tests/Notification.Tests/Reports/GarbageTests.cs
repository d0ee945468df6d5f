using System.Net;
using System.Text;
using Notification.Tests.Testing;

namespace Notification.Tests.Reports;

public sealed class GarbageTests(NotificationFixture service) : IClassFixture<NotificationFixture>
{
    private async Task RefusedAsync(HttpResponseMessage answer, HttpStatusCode status)
    {
        (answer.StatusCode, await answer.Content.ReadAsStringAsync()).ShouldBe((status, ""));
        (await service.Database.ScalarAsync<long>("select count(*) from report")).ShouldBe(0);
    }

    [Theory]
    [InlineData("", "1")]
    [InlineData("%00", "1")]
    [InlineData("%FF%FE", "1")]
    [InlineData("a%20b", "1")]
    [InlineData("%F0%9F%98%80", "1")]
    [InlineData("x", "")]
    [InlineData("x", "0")]
    [InlineData("x", "-1")]
    [InlineData("x", "64")]
    [InlineData("x", "delivered")]
    [InlineData("x", "99999999999999999999")]
    [InlineData("x&id=y", "1")]
    public async Task NOT_4_garbage_in_a_kannel_report_is_refused_and_leaves_nothing(string id, string status) =>
        await RefusedAsync(await service.KannelReportAsync(id, status), HttpStatusCode.BadRequest);

    [Fact]
    public async Task NOT_4_an_overlong_id_is_refused() =>
        await RefusedAsync(await service.KannelReportAsync(new string('x', 65), "1"), HttpStatusCode.BadRequest);

    [Theory]
    [InlineData("MessageSid=SM1")]
    [InlineData("MessageStatus=delivered")]
    [InlineData("MessageSid=SM1&MessageStatus=lost")]
    [InlineData("MessageSid=SM%201&MessageStatus=sent")]
    public async Task NOT_4_garbage_in_a_twilio_report_is_refused_and_leaves_nothing(string body) =>
        await RefusedAsync(await service.TwilioReportAsync(body), HttpStatusCode.BadRequest);

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"type\":\"sms.masuk\"}")]
    [InlineData("{\"type\":\"sms.status\",\"timestamp\":\"2026-01-05T02:00:00Z\"}")]
    [InlineData("{\"type\":\"sms.status\",\"timestamp\":\"2026-01-05T02:00:00Z\",\"data\":null}")]
    [InlineData("{\"type\":\"sms.status\",\"timestamp\":\"2026-01-05T02:00:00Z\",\"data\":[]}")]
    [InlineData("{\"type\":\"sms.status\",\"timestamp\":\"2026-01-05T02:00:00Z\",\"data\":{\"id\":1,\"status\":\"terkirim\",\"terminal\":true}}")]
    [InlineData("{\"type\":\"sms.status\",\"timestamp\":\"2026-01-05T02:00:00Z\",\"data\":{\"id\":\"\\ud800\",\"status\":\"terkirim\",\"terminal\":true}}")]
    [InlineData("{\"type\":\"sms.status\",\"timestamp\":\"2026-01-05T02:00:00Z\",\"data\":{\"id\":\"a\",\"status\":\"terkirim\",\"terminal\":\"ya\"}}")]
    [InlineData("{\"type\":\"sms.status\",\"timestamp\":\"kemarin\",\"data\":{\"id\":\"a\",\"status\":\"terkirim\",\"terminal\":true}}")]
    [InlineData("{\"type\":\"sms.status\",\"timestamp\":\"2026-01-05T02:00:00Z\",\"data\":{\"id\":\"a\",\"status\":\"lain\",\"terminal\":true}}")]
    [InlineData("{\"type\":\"sms.status\",\"type\":\"sms.status\",\"timestamp\":\"2026-01-05T02:00:00Z\",\"data\":{\"id\":\"a\",\"status\":\"terkirim\",\"terminal\":true}}")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[")]
    public async Task NOT_4_garbage_in_a_generic_report_is_refused_and_leaves_nothing(string body) =>
        await RefusedAsync(await service.GenericReportAsync(Encoding.UTF8.GetBytes(body)), HttpStatusCode.BadRequest);

    [Fact]
    public async Task NOT_4_bytes_that_are_no_text_are_refused()
    {
        await RefusedAsync(await service.GenericReportAsync([0xFF, 0xFE, 0x00]), HttpStatusCode.BadRequest);
        byte[] broken = [.. "{\"type\":\"sms.status\",\"timestamp\":\"2026-01-05T02:00:00Z\",\"data\":{\"id\":\""u8, 0xC3, 0x28, .. "\",\"status\":\"terkirim\",\"terminal\":true}}"u8];
        await RefusedAsync(await service.GenericReportAsync(broken), HttpStatusCode.BadRequest);
        using var form = new ByteArrayContent([.. "MessageSid="u8, 0xFF]);
        await RefusedAsync(await service.Client().PostAsync("/webhooks/sms/twilio/status", form), HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("kannel")]
    [InlineData("twilio")]
    [InlineData("generic")]
    public async Task NOT_4_a_body_over_64_KiB_is_refused(string channel)
    {
        using var large = new ByteArrayContent(new byte[64 * 1024 + 1]);
        await RefusedAsync(await service.Client().PostAsync($"/webhooks/sms/{channel}/status", large), HttpStatusCode.RequestEntityTooLarge);
    }

    [Theory]
    [InlineData("tidak-ada")]
    [InlineData("sandbox")]
    [InlineData("%F0%9F%98%80")]
    public async Task NOT_4_a_channel_without_reports_has_no_door(string channel) =>
        await RefusedAsync(await service.Client().GetAsync($"/webhooks/sms/{channel}/status?id=x&status=1"), HttpStatusCode.NotFound);
}
