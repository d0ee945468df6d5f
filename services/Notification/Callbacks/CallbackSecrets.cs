using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Notification.Storage;

namespace Notification.Callbacks;

/// <summary>Secrets that callbacks are signed with. They are worked out and never stored, so that a copy of the database signs nothing.</summary>
internal sealed class CallbackSecrets(IOptions<CallbackOptions> options)
{
    private readonly byte[] _key = Encoding.UTF8.GetBytes(options.Value.Key);

    public string Of(Guid application, int generation) =>
        "whsec_" + Convert.ToBase64String(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"callback:{application}:{generation}")));

    /// <summary>Those that sign at an instant: during a rotation two, the new one first.</summary>
    public IEnumerable<string> At(Guid application, int generation, DateTimeOffset? oldUntil, DateTimeOffset now) =>
        now < oldUntil ? [Of(application, generation), Of(application, generation - 1)] : [Of(application, generation)];

    public string Of(CallbackAddress address) => Of(address.Id, address.Generation);
}
