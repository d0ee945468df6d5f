using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using Contracts.Directory;
using Directory.SignIn;
using Directory.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Directory.Tests.SignIn;

public sealed class SigningKeysTests(DirectoryFixture directory) : IClassFixture<DirectoryFixture>
{
    [Fact]
    public async Task PLT_4_the_private_key_is_of_no_use_without_its_password()
    {
        var stored = await directory.Database.ScalarAsync<byte[]>("select private_key from signing_key");
        using var key = ECDsa.Create();
        Should.Throw<CryptographicException>(() => key.ImportPkcs8PrivateKey(stored, out var _));
        Should.Throw<CryptographicException>(() => key.ImportEncryptedPkcs8PrivateKey("guess", stored, out var _));

        using var keys = new SigningKeys(Options.Create(new TokenOptions { KeyPassword = "another password, long" }), directory.Clock);
        await Should.ThrowAsync<CryptographicException>(() => directory.OnDatabaseAsync(db => keys.RotateAsync(db, CancellationToken.None)));
    }

    [Fact]
    public async Task PLT_4_while_the_state_is_stale_reading_goes_on_and_changing_does_not()
    {
        var administrator = await directory.SignedInAsync(DirectoryFixture.AdminLogin, DirectoryFixture.AdminPassword);
        await using (var keeper = new NpgsqlConnection(directory.Database.Administrator + ";Pooling=false"))
        {
            // Holds back the heartbeat.
            await keeper.OpenAsync();
            await using var hold = new NpgsqlCommand($"select pg_advisory_lock({SignInAuthority.SignInLock})", keeper);
            await hold.ExecuteNonQueryAsync();
            directory.Clock.Advance(TimeSpan.FromMinutes(2));

            (await administrator.GetAsync("/api/directory/units")).StatusCode.ShouldBe(HttpStatusCode.OK);
            await (await administrator.PostAsJsonAsync("/api/directory/units", new { code = "BASI", name = "Dinas" }))
                .ShouldRefuseAsync(HttpStatusCode.ServiceUnavailable, "sign-in-state-stale");
        }

        await Eventually.TrueAsync(async () =>
            (await administrator.PostAsJsonAsync("/api/directory/units", new { code = "SEGAR", name = "Dinas" })).StatusCode == HttpStatusCode.Created);
    }

    [Fact]
    public async Task PLT_4_the_heartbeat_goes_on_and_each_says_a_later_time()
    {
        var states = await Eventually.GetAsync(
            () => Task.FromResult(directory.Bus.Received<SignInStatePublished>()), received => received.Count >= 3);
        states.Select(state => state.At).ShouldBeInOrder(SortDirection.Ascending);
        states.Select(state => state.At).ShouldBeUnique();
        states.ShouldAllBe(state => state.Keys.Count > 0);
    }
}

/// <summary>Apart from the others: the keys come and go.</summary>
public sealed class KeyRotationTests(DirectoryFixture directory) : IClassFixture<DirectoryFixture>
{
    [Fact]
    public async Task PLT_4_a_new_key_is_known_before_it_signs_and_an_old_one_until_its_last_token_is_over()
    {
        var first = await KeyOfNewTokenAsync();

        directory.Clock.Advance(TimeSpan.FromDays(30));
        (await PublishedAsync()).Count.ShouldBe(2);
        (await KeyOfNewTokenAsync()).ShouldBe(first);

        directory.Clock.Advance(TimeSpan.FromMinutes(16));
        var second = await KeyOfNewTokenAsync();
        second.ShouldNotBe(first);
        (await PublishedAsync()).ShouldBe([second, first]);

        directory.Clock.Advance(TimeSpan.FromMinutes(15));
        (await PublishedAsync()).ShouldBe([second]);
        (await KeyOfNewTokenAsync()).ShouldBe(second);
    }

    [Fact]
    public async Task PLT_4_instances_that_start_together_make_one_key()
    {
        await directory.Database.ExecuteAsync("delete from signing_key");
        var published = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => PublishedAsync()));
        published.Select(keys => string.Join(',', keys)).Distinct().Count().ShouldBe(1);
        (await directory.Database.ScalarAsync<long>("select count(*) from signing_key")).ShouldBe(1);
    }

    private async Task<string> KeyOfNewTokenAsync()
    {
        var tokens = await (await directory.SignInAsync(
            DirectoryFixture.AdminLogin, DirectoryFixture.AdminPassword, await directory.NextCodeAsync(directory.SecretOf(DirectoryFixture.AdminLogin)))).ReadAsync();
        var header = System.Buffers.Text.Base64Url.DecodeFromChars(tokens.String("accessToken").Split('.')[0]);
        return System.Text.Json.JsonDocument.Parse(header).RootElement.String("kid");
    }

    private Task<List<string>> PublishedAsync() => directory.OnDatabaseAsync(async db =>
    {
        await using var transaction = await db.Database.BeginTransactionAsync();
        var state = await directory.Services.GetRequiredService<SignInAuthority>().StoreAsync(db, CancellationToken.None);
        await transaction.CommitAsync();
        return state.Keys.Select(key => key.KeyId).ToList();
    });
}
