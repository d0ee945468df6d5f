using Directory.Tests.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Notification.Storage;
using Npgsql;
using ServiceDefaults;
using ServiceDefaults.AppendOnly;

namespace Directory.Tests.Auditing;

/// <summary>The end of the trail is cut off by somebody who owns Directory's database: what is left verifies, and another service has heard of more.</summary>
public sealed class ChainHeadTests
{
    private const string Heads = "select coalesce(string_agg('notification ' || service || ' ' || seq || ' ' || encode(hash, 'hex'), E'\\n' order by seq), '') from chain_head";

    [Fact]
    public async Task DIR_9_an_end_of_the_trail_that_is_cut_off_or_made_anew_is_missed_by_another_service()
    {
        await using var directory = new Witnessed();
        await directory.InitializeAsync();
        await using var notification = new CopiesFixture.Copier<NotificationDb>("notification") { SharedBroker = directory.Broker };
        await notification.InitializeAsync();
        foreach (var _ in Enumerable.Range(0, 3))
            await directory.UnitAsync();
        await HeardAsync();
        (await VerifyAsync()).FirstFault.ShouldBeNull();
        (await RunVerbAsync()).ShouldBe(0);
        (await notification.Services.GetServices<Verb>().Single(verb => verb.Name == "--chain-heads").Run(notification.Services, NullLogger.Instance, CancellationToken.None)).ShouldBe(0);
        (await notification.Database.ScalarAsync<long>("select count(*) from chain_head where service <> 'directory'")).ShouldBe(0, "its own it knows");

        var last = await LengthAsync();
        await directory.Database.ExecuteAsync($"""
            alter table seal disable trigger user; alter table audit_entry disable trigger user; alter table audit_content disable trigger user;
            delete from audit_content where entry_id in (select entry_id from seal where seq >= {last - 1});
            delete from audit_entry where id in (select entry_id from seal where seq >= {last - 1});
            delete from seal where seq >= {last - 1};
            alter table seal enable trigger user; alter table audit_entry enable trigger user; alter table audit_content enable trigger user
            """);

        (await directory.Services.GetRequiredService<SealVerifier>().VerifyAsync(CancellationToken.None)).FirstFault.ShouldBeNull("alone it cannot know");
        (await VerifyAsync()).ShouldBe(new SealVerdict(last - 2, $"link {last - 1} is gone and all after it: notification has heard of link {last}"));
        (await RunVerbAsync()).ShouldBe(1);

        // The chain goes on over the gap, and is longer in the end than it was.
        foreach (var _ in Enumerable.Range(0, 4))
            await directory.UnitAsync();
        await HeardAsync();
        var verdict = await VerifyAsync();
        verdict.Links.ShouldBeLessThan(last);
        verdict.FirstFault.ShouldNotBeNull().ShouldContain("is not the one that notification has heard of");

        async Task HeardAsync()
        {
            await Eventually.TrueAsync(() => directory.Database.ScalarAsync<bool>("select not exists (select from unsealed)"));
            var length = await LengthAsync();
            await Eventually.TrueAsync(() => notification.Database.ScalarAsync<bool>($"select exists (select from chain_head where service = 'directory' and seq >= {length})"));
        }

        Task<long> LengthAsync() => directory.Database.ScalarAsync<long>("select max(seq) from seal");

        async Task<SealVerdict> VerifyAsync()
        {
            await WriteAsync();
            return await directory.Services.GetRequiredService<SealVerifier>().VerifyAsync(await ChainHead.ReadAsync(directory.File, "directory", CancellationToken.None), CancellationToken.None);
        }

        async Task<int> RunVerbAsync()
        {
            await WriteAsync();
            directory.Services.GetRequiredService<IConfiguration>()["SEAL_HEADS"] = directory.File;
            return await directory.RunVerbAsync("--verify-seals");
        }

        async Task WriteAsync() => await System.IO.File.WriteAllTextAsync(directory.File, await notification.Database.ScalarAsync<string>(Heads));
    }

    [Fact]
    public async Task DIR_9_where_the_trail_ends_is_said_at_each_start_and_at_each_stop()
    {
        await using var directory = new Witnessed("1.00:00:00");
        await directory.InitializeAsync();
        await using var notification = new CopiesFixture.Copier<NotificationDb>("notification") { SharedBroker = directory.Broker };
        await notification.InitializeAsync();
        var first = await SealedAsync();

        await directory.StartInstanceAsync();
        await Eventually.TrueAsync(async () => await HeardAsync() == first);
        var second = await SealedAsync();
        second.ShouldBeGreaterThan(first);
        (await HeardAsync()).ShouldBe(first, "a day has not passed");

        await directory.StopAsync();
        await Eventually.TrueAsync(async () => await HeardAsync() == second);

        async Task<long> SealedAsync()
        {
            await directory.UnitAsync();
            await Eventually.TrueAsync(() => directory.Database.ScalarAsync<bool>("select not exists (select from unsealed)"));
            return await directory.Database.ScalarAsync<long>("select max(seq) from seal");
        }

        Task<long> HeardAsync() => notification.Database.ScalarAsync<long>("select coalesce(max(seq), 0) from chain_head where service = 'directory'");
    }

    [Theory]
    [InlineData("update chain_head set seq = seq + 1")]
    [InlineData("delete from chain_head")]
    [InlineData("truncate chain_head")]
    public async Task DIR_9_a_witness_cannot_take_back_what_it_has_heard(string sql)
    {
        var database = await TestDatabase.CreateAsync("notification", typeof(NotificationDb).Assembly);
        await using var dropped = database;
        await using var runtime = NpgsqlDataSource.Create(database.Runtime);
        await using (var insert = runtime.CreateCommand("insert into chain_head (service, seq, hash, heard_at) values ('directory', 1, sha256('x'), now())"))
            await insert.ExecuteNonQueryAsync();
        await using var command = runtime.CreateCommand(sql);
        (await Should.ThrowAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
        (await Should.ThrowAsync<PostgresException>(() => database.ExecuteAsync(sql))).MessageText.ShouldContain("append-only");
    }

    private sealed class Witnessed(string every = "00:00:01") : DirectoryFixture
    {
        public string File { get; } = Path.Combine(Path.GetTempPath(), $"{Guid.CreateVersion7():n}.heads");

        protected override IEnumerable<KeyValuePair<string, string?>> Settings => [.. base.Settings, new("Seals:HeadEvery", every)];

        public override async ValueTask DisposeAsync()
        {
            System.IO.File.Delete(File);
            await base.DisposeAsync();
        }
    }
}
