using InboundSms.Receive;
using InboundSms.Submissions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ServiceDefaults.Webhooks;

namespace InboundSms.Tests.Submissions;

public sealed class SettingsTests
{
    [Theory]
    [InlineData("web")]
    [InlineData("call-centre")]
    public void SMS_12_no_provider_is_configured_under_the_name_of_the_web_form_or_the_call_centre(string name)
    {
        var services = With(($"Channels:{name}:Type", "Kannel"), ($"Channels:{name}:User", "u"), ($"Channels:{name}:Secret", "s"));
        Channels.Add(services);
        Should.Throw<OptionsValidationException>(() => services.BuildServiceProvider().GetRequiredService<IOptions<Dictionary<string, ChannelOptions>>>().Value)
            .Message.ShouldContain("call-centre");
    }

    [Theory]
    [InlineData("Key", "terlalu-pendek")]
    [InlineData("Difficulty", "33")]
    [InlineData("Difficulty", "-1")]
    public void SMS_12_a_web_form_without_a_long_key_or_with_endless_work_does_not_start(string setting, string value)
    {
        var services = With(("WebForm:Key", "kunci-uji-formulir-32-karakter-lebih"), ($"WebForm:{setting}", value));
        Challenges.Add(services);
        Should.Throw<OptionsValidationException>(() => services.BuildServiceProvider().GetRequiredService<IOptions<WebFormOptions>>().Value).Message.ShouldContain($"WebForm:{setting}");
    }

    private static ServiceCollection With(params (string Key, string Value)[] settings)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)).Reverse().DistinctBy(setting => setting.Key)).Build());
        return services;
    }
}
