using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using EventMesh.Domain.Deliveries;

namespace EventMesh.Connectors;

/// <summary>What an exception of the HTTP stack means, in the words of the connection's owner.</summary>
internal static class Failures
{
    /// <summary>Null for what no target can cause: a fault of our own, to be thrown on.</summary>
    public static (Failure Kind, string Error)? Of(Exception thrown)
    {
        for (Exception? cause = thrown; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case AddressRefusedException:
                    return (Failure.AddressRefused, "the host's address is not public");
                case AuthenticationException:
                    return (Failure.TlsRefused, "TLS failed: " + cause.Message);
                case SocketException socket:
                    return (socket.SocketErrorCode == SocketError.TimedOut ? Failure.Timeout : Failure.Unreachable, Words(socket.SocketErrorCode));
                case TimeoutException:
                    return (Failure.Timeout, "no connection in time");
            }
        }

        return thrown switch
        {
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => (Failure.TlsRefused, "TLS failed"),
            HttpRequestException { HttpRequestError: var error } => Of(error),
            HttpIOException { HttpRequestError: var error } => Of(error),
            OperationCanceledException => (Failure.Timeout, "no connection in time"),
            IOException => (Failure.Unreachable, "the connection broke"),
            _ => null,
        };
    }

    private static (Failure, string) Of(HttpRequestError error) => error switch
    {
        HttpRequestError.ConnectionError => (Failure.Unreachable, "no connection"),
        HttpRequestError.ResponseEnded => (Failure.BadResponse, "the connection was closed before the answer was whole"),
        HttpRequestError.ConfigurationLimitExceeded => (Failure.BadResponse, "the answer's headers are too long"),
        HttpRequestError.Unknown => (Failure.Unreachable, "the connection broke"),
        _ => (Failure.BadResponse, "the answer is not HTTP"),
    };

    private static string Words(SocketError error) => error switch
    {
        SocketError.HostNotFound or SocketError.NoData => "the host's name has no address",
        SocketError.TryAgain => "the host's name could not be looked up",
        SocketError.ConnectionRefused => "the connection was refused",
        SocketError.ConnectionReset or SocketError.Shutdown => "the connection was reset",
        SocketError.TimedOut => "no connection in time",
        SocketError.HostUnreachable or SocketError.NetworkUnreachable => "the host cannot be reached",
        _ => $"the connection failed ({error})",
    };
}
