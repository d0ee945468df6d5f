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
        if (await Database.ScalarAsync<bool>("select to_regclass('signing_key') is not null"))
            await SignIn.BecomeKeyOfDirectoryAsync(Database, KeyPassword, Clock.GetUtcNow());
    }
}
