using InboundSms.Tests.Testing;

namespace InboundSms.Tests.Duplicates;

/// <summary>The same as a city has it: the words of one number within two minutes are suspected to have come twice.</summary>
public sealed class DuplicateFixture : InboundSmsFixture
{
    protected override IEnumerable<KeyValuePair<string, string?>> Settings => [.. base.Settings, new("Routing:RepeatWithin", "00:02:00")];
}
