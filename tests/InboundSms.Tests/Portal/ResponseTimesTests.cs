using System.Net.Http.Json;
using System.Text.Json;
using InboundSms.Tests.Testing;

namespace InboundSms.Tests.Portal;

public sealed class ResponseTimesTests(InboundSmsFixture fixture) : IClassFixture<InboundSmsFixture>
{
    [Fact]
    public async Task SMS_13_the_board_counts_what_its_definitions_say()
    {
        // DINKES in March: answered after 30 (twice), 60, 120 and 240 minutes, one open, one set aside. One in February by the city's clock, which is 7 hours ahead.
        for (var n = 0; n < 4; n++)
            await CaseAsync("DINKES", "2026-03-10T01:00:00Z", new[] { 30, 60, 120, 240 }[n]);
        await CaseAsync("DINKES", "2026-03-11T01:00:00Z", null);
        await CaseAsync("DINKES", "2026-03-12T01:00:00Z", null, status: "SetAside");
        await CaseAsync("DINKES", "2026-02-28T16:59:59Z", 10);
        await CaseAsync("DINKES", "2026-02-28T17:00:00Z", 30);
        await CaseAsync("DPU", "2026-03-31T16:59:59Z", 5);

        var march = await BoardAsync("2026-03");
        march.Select(item => item.GetProperty("unitCode").GetString()).ShouldBe(["DINKES", "DPU"]);
        var dinkes = march[0];
        dinkes.GetProperty("received").GetInt64().ShouldBe(6);
        dinkes.GetProperty("answered").GetInt64().ShouldBe(5);
        dinkes.GetProperty("inTime").GetInt64().ShouldBe(4);
        dinkes.GetProperty("medianMinutes").GetDouble().ShouldBe(60);
        dinkes.GetProperty("percentile90Minutes").GetDouble().ShouldBe(192);
        (await BoardAsync("2026-02")).Single().GetProperty("medianMinutes").GetDouble().ShouldBe(10);
        (await BoardAsync("2025-12")).ShouldBeEmpty();

        var csv = await fixture.Client().GetStringAsync("/publik/api/response-times.csv?month=2026-03");
        csv.ShouldContain("\"DPU\",\"Unit DPU\",\"1\",\"1\",\"1\",\"0\",\"1\",\"5\",\"5\"\r\n");
    }

    [Fact]
    public async Task SMS_7_what_is_late_and_not_answered_counts_as_late()
    {
        await CaseAsync("DPU", "2026-01-04T20:00:00Z", null);
        await CaseAsync("DPU", "2026-01-05T01:59:00Z", null);
        await CaseAsync("DPU", "2026-01-04T20:00:00Z", 60);
        var dpu = (await BoardAsync("2026-01")).Single();
        dpu.GetProperty("late").GetInt64().ShouldBe(1);
        dpu.GetProperty("shareInTime").GetDouble().ShouldBe(0.5);
        dpu.GetProperty("received").GetInt64().ShouldBe(3);
        var unit = await fixture.Client().GetFromJsonAsync<JsonElement>("/publik/api/units/DPU");
        unit.GetProperty("responseTime").GetProperty("medianMinutes").GetDouble().ShouldBe(60);

        // Kept for a minute, then computed anew.
        await CaseAsync("DPU", "2026-01-05T01:58:00Z", 10);
        (await BoardAsync("2026-01")).Single().GetProperty("received").GetInt64().ShouldBe(3);
        fixture.Clock.Advance(TimeSpan.FromSeconds(61));
        (await BoardAsync("2026-01")).Single().GetProperty("received").GetInt64().ShouldBe(4);
    }

    private async Task<List<JsonElement>> BoardAsync(string month) =>
        [.. (await fixture.Client().GetFromJsonAsync<JsonElement>($"/publik/api/response-times?month={month}")).GetProperty("items").EnumerateArray()];

    /// <summary>A case as it would stand; its instants lie in the past and the future of the test's clock.</summary>
    private Task CaseAsync(string unit, string receivedAt, int? minutes, string? status = null)
    {
        return fixture.Database.ExecuteAsync($"""
            with m as (
              insert into message (id, channel, account, provider_message_id, received_at, commitment)
              values (gen_random_uuid(), 'kannel', '', gen_random_uuid()::text, '{receivedAt}', decode(repeat('00', 32), 'hex')) returning id)
            insert into sms_case (id, first_message_id, position_id, keyword, status, is_secret, received_at, due_at, answered_at, version)
            select gen_random_uuid(), m.id, p.id, '{unit}', '{status ?? (minutes is null ? "Open" : "Answered")}', false, '{receivedAt}', '{receivedAt}'::timestamptz + interval '3 hours',
              {(minutes is { } after ? $"'{receivedAt}'::timestamptz + interval '{after} minutes'" : "null")}, 1
            from m, organisation.position p join organisation.unit u on u.id = p.unit_id where u.code = '{unit}' limit 1
            """);
    }
}
