namespace Permissions.Tests;

/// <summary>A service as it is, with no channel, account or organisation: who may ask is decided before anything is looked for.</summary>
public sealed class AnyService<TMarker>(string service) : ServiceFixture<TMarker>(service)
    where TMarker : class
{
    private const string KeyPassword = "only for tests, 16 at least";

    protected override IEnumerable<KeyValuePair<string, string?>> Settings => new Dictionary<string, string?>(StringComparer.Ordinal)
    {
        ["Tokens:KeyPassword"] = KeyPassword,
    };

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        // Directory believes its own keys only: the test's becomes one of them.
        if (!await Database.ScalarAsync<bool>("select to_regclass('signing_key') is not null"))
            return;
        await SignIn.BecomeKeyOfDirectoryAsync(Database, KeyPassword, Clock.GetUtcNow());
        // What Directory says from now on has the key; what it was about to say has not.
        var before = await Database.ScalarAsync<DateTime>("select at from sign_in_state");
        await Eventually.TrueAsync(() => Database.ScalarAsync<bool>($"select at > '{before:O}' and keys::text like '%\"test\"%' from sign_in_state"));
    }
}
