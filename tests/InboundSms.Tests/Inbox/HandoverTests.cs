using System.Net.Http.Json;
using System.Text.Json;
using Contracts.Directory;
using InboundSms.Tests.Testing;

namespace InboundSms.Tests.Inbox;

public sealed class HandoverTests(InboundSmsFixture fixture) : IClassFixture<InboundSmsFixture>
{
    [Fact]
    public async Task DIR_6_a_transfer_told_ahead_acts_at_midnight_in_Jakarta_while_nobody_else_runs()
    {
        var midnight = new DateTimeOffset(2026, 1, 5, 17, 0, 0, TimeSpan.Zero);
        var (unit, position, leaving, coming) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        await fixture.Bus.PublishAsync(new UnitChanged { UnitId = unit, Code = "DISHUB", Name = "Dinas Perhubungan", Version = 1 });
        await fixture.Bus.PublishAsync(new PositionChanged { PositionId = position, UnitId = unit, Code = "DISHUB", Title = "Kepala Dinas", Keyword = "DISHUB", Version = 1 });
        await fixture.Bus.PublishAsync(Held(leaving, position, midnight.AddDays(-700), midnight));
        await fixture.Bus.PublishAsync(Held(coming, position, midnight, null));
        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>($"""
            select (select count(*) from organisation.assignment where position_id = '{position}') = 2 and exists (select from organisation.position where id = '{position}')
            """));
        var message = await fixture.SendAndRouteAsync("DISHUB lampu lalu lintas mati", "+6281270000001");
        fixture.BrokerLink.Cut();

        fixture.Clock.Advance(midnight.AddSeconds(-1) - fixture.Clock.GetUtcNow());
        (await SeesAsync(leaving, message)).ShouldBeTrue();
        (await SeesAsync(coming, message)).ShouldBeFalse();

        fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        (await SeesAsync(leaving, message)).ShouldBeFalse();
        (await SeesAsync(coming, message)).ShouldBeTrue();
        fixture.BrokerLink.Mend();
    }

    private static AssignmentChanged Held(Guid official, Guid position, DateTimeOffset from, DateTimeOffset? to) =>
        new() { AssignmentId = Guid.CreateVersion7(), OfficialId = official, PositionId = position, From = from, To = to, Version = 1 };

    private async Task<bool> SeesAsync(Guid official, Guid message) =>
        (await fixture.Client(official).GetFromJsonAsync<JsonElement>("/api/inbound-sms/messages")).GetProperty("items").EnumerateArray()
            .Any(item => item.GetProperty("id").GetGuid() == message);
}
