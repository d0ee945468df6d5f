using System.Text.Json;
using Contracts.Directory;
using Contracts.Notification;
using Microsoft.Extensions.DependencyInjection;
using Notification.Operating;
using Notification.Tests.Testing;

namespace Notification.Tests.Operating;

public sealed class AlarmFixture : NotificationFixture
{
    protected override IEnumerable<KeyValuePair<string, string?>> Settings => base.Settings.Concat(new Dictionary<string, string?>
    {
        ["Sending:Budgets:health:Segments"] = "10",
        ["Sending:Budgets:health:Payer"] = "DINKES",
        ["Sending:Budgets:queue:Segments"] = "10",
        ["Sending:Budgets:queue:Payer"] = "01890000-0000-7000-8000-000000000007",
        ["Channels:sandbox:BalanceAlarm"] = "100000",
    });

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await StartInstanceAsync();
    }
}

/// <summary>The alarms go to Directory, which knows who answers for what.</summary>
public sealed class AlarmTests(AlarmFixture service) : IClassFixture<AlarmFixture>
{
    [Fact]
    public async Task PLT_8_who_pays_is_told_once_when_a_budget_comes_to_its_end_and_once_when_it_is_used_up_and_again_next_month()
    {
        await SendAsync("DINKES", 7);
        (await ToldAsync("Anggaran SMS health")).ShouldBeEmpty();
        await SendAsync("DINKES", 1);
        var told = (await ToldAsync("Anggaran SMS health")).ShouldHaveSingleItem();
        (told.UnitCode, told.Text).ShouldBe(("DINKES", "Anggaran SMS health bulan ini: 8 dari 10 segmen terpakai (80%)."));

        await SendAsync("DINKES", 1);
        (await ToldAsync("Anggaran SMS health")).Count.ShouldBe(1);
        await SendAsync("DINKES", 1);
        (await ToldAsync("Anggaran SMS health")).Select(one => one.Text).ShouldContain("Anggaran SMS health bulan ini: 10 dari 10 segmen terpakai (100%).");
        await SendAsync("DINKES", 3);
        (await ToldAsync("Anggaran SMS health")).Count.ShouldBe(2);

        // 1 February in Jakarta begins on 31 January, 17:00 UTC.
        service.Clock.Advance(new DateTimeOffset(2026, 1, 31, 17, 0, 0, TimeSpan.Zero) - service.Clock.GetUtcNow());
        (await ToldAsync("Anggaran SMS health")).Count.ShouldBe(2);
        // Over both thresholds at once: the higher one is told.
        await SendAsync("DINKES", 12);
        (await ToldAsync("Anggaran SMS health")).Count.ShouldBe(3);
    }

    [Fact]
    public async Task PLT_8_what_an_application_uses_up_is_told_to_the_administrators()
    {
        await SendAsync("01890000-0000-7000-8000-000000000007", 9);
        (await ToldAsync("Anggaran SMS queue")).ShouldHaveSingleItem().UnitCode.ShouldBeNull();
    }

    [Fact]
    public async Task PLT_8_a_balance_that_falls_is_told_once_for_each_fall()
    {
        await LeftAsync(100_000);
        (await ToldAsync("Saldo")).ShouldBeEmpty();
        await LeftAsync(99_999.5m);
        var told = (await ToldAsync("Saldo")).ShouldHaveSingleItem();
        (told.UnitCode, told.Text).ShouldBe((null, "Saldo penyedia SMS sandbox tinggal 99999.5 IDR"));
        await LeftAsync(500);
        (await ToldAsync("Saldo")).Count.ShouldBe(1);
        await LeftAsync(2_000_000);
        (await ToldAsync("Saldo")).Count.ShouldBe(1);
        await LeftAsync(90_000);
        (await ToldAsync("Saldo")).Count.ShouldBe(2);
    }

    [Fact]
    public async Task NOT_4_a_notice_to_an_official_counts_for_who_pays()
    {
        var notice = new NotifyOfficial { NoticeId = Guid.CreateVersion7(), OfficialId = Guid.CreateVersion7(), Text = "Laporan 7 menunggu", Payer = "DINSOS" };
        await service.Bus.PublishAsync(notice);
        await service.StateIsAsync(notice.NoticeId, "Failed");
        (await service.Database.ScalarAsync<string>($"select payer from sms where id = '{notice.NoticeId}'")).ShouldBe("DINSOS");
    }

    private async Task SendAsync(string payer, int count)
    {
        var orders = Enumerable.Range(0, count).Select(_ => NotificationFixture.Order(NotificationFixture.Number(), channel: "sandbox", text: "Rapat") with { Payer = payer }).ToList();
        foreach (var order in orders)
            await service.Bus.PublishAsync(order);
        foreach (var order in orders)
            await service.StateIsAsync(order.SmsId, "Delivered");
    }

    private Task LeftAsync(decimal amount) => service.Database.ExecuteAsync(FormattableString.Invariant($"""
        insert into balance (channel, amount, currency, said_at, asked_at) values ('sandbox', {amount}, 'IDR', now(), now()) on conflict (channel) do update set amount = excluded.amount
        """));

    /// <summary>What has been ordered after both instances have looked at the same moment, each of them twice.</summary>
    private async Task<List<TellResponsible>> ToldAsync(string text)
    {
        await Task.WhenAll(service.Instances.Concat(service.Instances).Select(instance => instance.GetRequiredService<TellAlarms>().LookAsync(CancellationToken.None)));
        // Nobody in this test takes the command, so it waits in the outbox.
        var bodies = await service.Database.ScalarAsync<string>($"select coalesce(json_agg(body::json), '[]')::text from outbox where type = '{typeof(TellResponsible).FullName}'");
        return JsonSerializer.Deserialize<List<TellResponsible>>(bodies, JsonSerializerOptions.Web)!.FindAll(one => one.Text.StartsWith(text, StringComparison.Ordinal));
    }
}
