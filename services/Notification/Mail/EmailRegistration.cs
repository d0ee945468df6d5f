namespace Notification.Mail;

internal static class EmailRegistration
{
    public static void AddEmail(this IServiceCollection services)
    {
        services.AddOptions<EmailOptions>().BindConfiguration("Email")
            .Validate(options => options.IsComplete, "Email needs From; Plain is for a server on this machine alone; BounceDomain needs a BounceSecret of 16 characters; CallLimit is 4 minutes at most.")
            .ValidateOnStart();
        services.AddSingleton<SmtpPool>();
        services.AddSingleton<HandOverEmail>();
        services.AddHostedService<SendDueEmail>();
        services.AddHostedService<SweepStuckEmail>();
    }
}
