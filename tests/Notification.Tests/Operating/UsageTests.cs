using Notification.Tests.Testing;

namespace Notification.Tests.Operating;

/// <summary>What a provider has taken costs money, whoever says that it has.</summary>
public sealed class UsageTests(NotificationFixture service) : IClassFixture<NotificationFixture>
{
    [Fact]
    public async Task NOT_4_what_a_report_repairs_is_counted_and_a_resend_is_another_handover()
    {
        const string Payer = "DISDIK";
        var to = NotificationFixture.Number();
        service.Kannel.Script(to, FaultyKannel.Resets);
        var id = await OrderAsync(to, Payer);
        await service.StateIsAsync(id, "Uncertain");
        (await UsedAsync(Payer)).ShouldBe(0);
        await service.LearnAsync(id, "8");
        (await UsedAsync(Payer)).ShouldBe(1);
        await service.LearnAsync(id, "2");
        (await UsedAsync(Payer)).ShouldBe(1);

        await service.ResendAsync(id);
        await service.StateIsAsync(id, "AcceptedByProvider");
        (await UsedAsync(Payer)).ShouldBe(2);
        await service.LearnAsync(id, "1");
        (await UsedAsync(Payer)).ShouldBe(2);
    }

    [Fact]
    public async Task NOT_4_a_report_before_the_answer_and_the_answer_count_once()
    {
        const string Payer = "DISPORA";
        var (to, release) = (NotificationFixture.Number(), new TaskCompletionSource());
        service.Kannel.Script(to, FaultyKannel.AnswersAfter(release.Task));
        var id = await OrderAsync(to, Payer);
        await Eventually.TrueAsync(() => Task.FromResult(service.Kannel.CallsTo(to).Count == 1));
        await service.LearnAsync(id, "8");
        (await UsedAsync(Payer)).ShouldBe(1);
        release.SetResult();
        await Eventually.GetAsync(() => service.HistoryAsync(id), lines => lines == 2);
        (await UsedAsync(Payer)).ShouldBe(1);
    }

    private async Task<Guid> OrderAsync(string to, string payer)
    {
        var order = NotificationFixture.Order(to) with { Payer = payer };
        await service.Bus.PublishAsync(order);
        return order.SmsId;
    }

    private Task<long> UsedAsync(string payer) => service.Database.ScalarAsync<long>($"select coalesce(sum(sms), 0)::bigint from sms_usage where payer = '{payer}'");
}
