using Microsoft.Extensions.DependencyInjection;
using Notification.Privacy;
using Notification.Tests.Testing;
using Npgsql;

namespace Notification.Tests.Privacy;

public sealed class RetentionTests(NotificationFixture service) : IClassFixture<NotificationFixture>
{
    [Fact]
    public async Task NOT_4_number_and_words_go_after_their_time_and_counts_and_history_stay()
    {
        var old = await service.SendAsync(NotificationFixture.Number(), channel: "sandbox");
        var young = await service.SendAsync(NotificationFixture.Number(), channel: "sandbox");
        var waiting = await service.SendAsync(NotificationFixture.Number(), channel: "away");
        await service.StateIsAsync(old, "Delivered");
        await service.StateIsAsync(young, "Delivered");
        await service.StateIsAsync(waiting, "Queued");
        await service.Database.ExecuteAsync($"""
            update sms set created_at = now() - interval '91 days' where id in ('{old}', '{waiting}');
            update sms set created_at = now() - interval '89 days' where id = '{young}'
            """);
        var retention = service.Services.GetRequiredService<ApplyRetention>();
        await Eventually.TrueAsync(async () => await retention.EraseAsync(CancellationToken.None) == 0);

        Task<long> ContentsAsync(Guid id) => service.Database.ScalarAsync<long>($"select count(*) from sms_content where sms_id = '{id}'");
        (await ContentsAsync(old), await ContentsAsync(young), await ContentsAsync(waiting)).ShouldBe((0, 1, 1));
        (await service.StateAsync(old)).ShouldBe("Delivered");
        (await service.HistoryAsync(old)).ShouldBe(3);
    }

    [Theory]
    [InlineData("Sms 30", 0, 30)]
    [InlineData("Sms 6", 2, null)]
    [InlineData("Sms -1", 2, null)]
    [InlineData("Message 30", 2, null)]
    [InlineData("", 2, null)]
    public async Task NOT_4_only_the_owner_sets_how_long_they_are_kept(string rule, int exit, int? days)
    {
        await using var owner = NpgsqlDataSource.Create(service.Database.Administrator);
        using var output = new StringWriter();
        (await SetRetention.KeepAsync(owner, rule, output, CancellationToken.None)).ShouldBe(exit);
        if (days is not null)
            (await service.Database.ScalarAsync<int>("select extract(day from keep_for)::int from retention_rule where kind = 'Sms'")).ShouldBe(days.Value);
        await service.Database.ExecuteAsync("update retention_rule set keep_for = interval '90 days'");

        await using var runtime = NpgsqlDataSource.Create(service.Database.Runtime);
        await using var alter = runtime.CreateCommand("update retention_rule set keep_for = interval '7 days'");
        (await Should.ThrowAsync<PostgresException>(() => alter.ExecuteNonQueryAsync())).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
        await using var delete = runtime.CreateCommand("delete from sms_content");
        (await Should.ThrowAsync<PostgresException>(() => delete.ExecuteNonQueryAsync())).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }
}
