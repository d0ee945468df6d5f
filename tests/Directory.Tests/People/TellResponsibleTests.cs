using System.Net;
using System.Text.Json;
using Contracts.Directory;
using Contracts.Notification;
using Directory.Tests.Testing;
using ServiceDefaults.SignIn;

namespace Directory.Tests.People;

public sealed class TellResponsibleTests(DirectoryFixture directory) : IClassFixture<DirectoryFixture>
{
    [Fact]
    public async Task PLT_8_the_head_of_the_unit_is_told_once_however_often_the_order_comes()
    {
        var unit = await directory.UnitAsync();
        var (head, clerk) = (await directory.OfficialAsync(DirectoryFixture.FreshNumber()), await directory.OfficialAsync(DirectoryFixture.FreshNumber()));
        await directory.HolderAsync(head, await directory.PositionInAsync(unit, "HeadOfUnit"));
        await directory.HolderAsync(clerk, await directory.PositionInAsync(unit));
        var order = Order(unit.String("code"));
        var told = (await ToldAsync(order, 1)).ShouldHaveSingleItem();
        told.ShouldSatisfyAllConditions(notice => notice.OfficialId.ShouldBe(head.Id()), notice => notice.MayWait.ShouldBeTrue(), notice => notice.IsUrgent.ShouldBeFalse(), notice => notice.ExpiresAt.ShouldNotBeNull());
        // Under another message id it is the same notice, of which Notification sends one.
        (await ToldAsync(order, 2)).Select(notice => notice.NoticeId).Distinct().ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task PLT_8_where_no_head_can_be_told_the_administrators_who_can_be_are(bool hasUnit, bool hasHead)
    {
        var unit = await directory.UnitAsync();
        // The head whom nobody can reach, or the one who has left.
        await directory.HolderAsync(await directory.OfficialAsync(hasHead ? null : DirectoryFixture.FreshNumber()), await directory.PositionInAsync(unit, "HeadOfUnit"),
            to: hasHead ? null : directory.Clock.GetUtcNow().AddMinutes(1));
        var account = await directory.AccountAsync(employeeNumber: (await directory.OfficialAsync(DirectoryFixture.FreshNumber())).String("employeeNumber"), roles: Roles.Administrator);
        await directory.SignedInAsync(account.String("userLogin"), DirectoryFixture.AdminPassword);
        await directory.AdvanceAsync(TimeSpan.FromMinutes(2));
        // Not the first one, who has no notice phone.
        var administrators = await directory.Database.ScalarAsync<Guid[]>($"""
            select array_agg(official.id) from account join official on official.id = account.official_id
            where '{Roles.Administrator}' = any (roles) and enabled and two_factor_enabled and notice_phone is not null
            """);
        (await ToldAsync(Order(hasUnit ? unit.String("code") : null), administrators.Length)).Select(notice => notice.OfficialId).ShouldBe(administrators, ignoreOrder: true);
    }

    [Fact]
    public async Task PLT_8_what_is_urgent_is_told_at_night_too_and_not_to_who_did_it()
    {
        var unit = await directory.UnitAsync();
        var (head, acting) = (await directory.OfficialAsync(DirectoryFixture.FreshNumber()), await directory.OfficialAsync(DirectoryFixture.FreshNumber()));
        var post = await directory.PositionInAsync(unit, "HeadOfUnit");
        await directory.HolderAsync(head, post);
        await directory.HolderAsync(acting, post, kind: "Plh", orderNumber: "1/2026");
        var (all, one) = (Order(unit.String("code")) with { IsUrgent = true }, Order(unit.String("code")) with { IsUrgent = true, Except = head.Id() });
        (await ToldAsync(all, 2)).Select(notice => (notice.OfficialId, notice.IsUrgent, notice.MayWait)).Distinct().ShouldBe([(head.Id(), true, false), (acting.Id(), true, false)], ignoreOrder: true);
        (await ToldAsync(one, 1)).Select(notice => notice.OfficialId).Distinct().ShouldBe([acting.Id()]);
    }

    private static TellResponsible Order(string? unitCode) => new() { Id = Guid.CreateVersion7(), UnitCode = unitCode, Text = DirectoryFixture.Fresh("Anggaran SMS hampir habis ") };

    /// <summary>The notices of an order, repeats included, as soon as there are so many.</summary>
    private async Task<List<NotifyOfficial>> ToldAsync(TellResponsible order, int count)
    {
        await directory.Bus.PublishAsync(order);
        return await Eventually.GetAsync(() => Task.FromResult(directory.Bus.Received<NotifyOfficial>().Where(notice => notice.Text == order.Text).ToList()), told => told.Count >= count);
    }
}

/// <summary>Apart from the others: at first nobody has a notice phone.</summary>
public sealed class NobodyToTellTests(DirectoryFixture directory) : IClassFixture<DirectoryFixture>
{
    [Fact]
    public async Task PLT_8_what_nobody_can_be_told_is_parked_seen_and_told_when_somebody_can_be()
    {
        var unit = await directory.UnitAsync();
        var head = await directory.OfficialAsync();
        await directory.HolderAsync(head, await directory.PositionInAsync(unit, "HeadOfUnit"));
        var (order, messageId) = (new TellResponsible { Id = Guid.CreateVersion7(), UnitCode = unit.String("code"), Text = "Anggaran SMS habis" }, Guid.CreateVersion7());
        // What stands in a list anyway is not parked: it came before the one that is.
        await directory.Bus.PublishAsync(new TellResponsible { Id = Guid.CreateVersion7(), Text = "Siaran nomor 1 diminta", IsListed = true });
        await directory.Bus.PublishAsync(order, messageId);
        var parked = await Eventually.GetAsync(
            async () => (await directory.ItemsAsync("parked-messages")).FirstOrDefault(item => item.GetProperty("messageId").GetGuid() == messageId),
            item => item.ValueKind == JsonValueKind.Object);
        parked.String("fault").ShouldContain(nameof(InvalidOperationException));

        await directory.PutAsync($"officials/{head.Id()}/notice-phone", new { version = head.Version(), number = DirectoryFixture.FreshNumber(), reason = "Surat 12/2026" }).DoneAsync();
        (await directory.PostAsync($"parked-messages/{parked.String("queue")}/{messageId}/replay", new { })).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await directory.Bus.GetAsync<NotifyOfficial>(notice => notice.Text == order.Text)).OfficialId.ShouldBe(head.Id());
        (await directory.ItemsAsync("parked-messages")).ShouldBeEmpty();
        directory.Bus.Received<NotifyOfficial>().Count(notice => notice.Text == order.Text).ShouldBe(1);
    }
}
